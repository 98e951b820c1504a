import type { Method, Need } from "@millrace/api";
import type { FastifyRequest } from "fastify";
import type { Call } from "./call.ts";

/** Path parameters, query and body of a request, checked. */
export interface Input {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** An operation ready to be served. */
export interface Route {
  readonly id: string;
  readonly method: Method;
  /** With Fastify's placeholders, like `/api/v1/dags/:dag_id`. */
  readonly url: string;
  readonly access: readonly Need[] | "login";
  readonly status: number;
  /** @throws Problem 400 saying what does not fit */
  readonly readInput: (request: FastifyRequest) => Input;
  readonly handle: (call: Call<Input["params"], Input["query"], unknown>) => Promise<unknown>;
  /** Also for users who must choose a password of their own first. */
  readonly beforePasswordChange?: true;
  /** What the audit calls it; absent = it is not audited. */
  readonly auditEvent?: string;
  /** Name of the path parameter that names a DAG. */
  readonly dagParam?: string;
}
