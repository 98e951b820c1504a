import type { Connection } from "../dsl/connection.ts";

/** JSON Schema of an object with some of the fields of a connection, each with a title; what is secret is `writeOnly`. */
export type ConnectionForm = Readonly<Record<string, unknown>>;

/** A kind of outside system that connections lead to. */
export interface ConnectionType {
  /** As connections name it: `postgres`. */
  readonly type: string;
  /** For people: `PostgreSQL`. */
  readonly label: string;
  /** Other names of the type that mean the same. */
  readonly aliases?: readonly string[];
  /** What a connection of the type says, as a form. */
  readonly form: ConnectionForm;
  /** Whether a connection of the type can be tried. */
  readonly canTest: boolean;
}

/** How the trial of a connection went. */
export interface ConnectionTrial {
  readonly ok: boolean;
  /** What was reached and as whom, or what failed and why; never with a secret in it. */
  readonly message: string;
}

/** The types of connections that this Millrace knows. */
export interface ConnectionTypes {
  /** By label. */
  list(): Promise<readonly ConnectionType[]>;
  /** By name or alias. */
  find(type: string): Promise<ConnectionType | undefined>;
  /** Connects and logs in as a connection says, and lets go at once. Never rejects for what is wrong outside. */
  test(connection: Connection, signal?: AbortSignal): Promise<ConnectionTrial>;
}
