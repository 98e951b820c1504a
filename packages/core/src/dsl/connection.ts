import type { Secret } from "../values/secret.ts";

/** How to reach an outside system, as a body gets it. Where it is kept (secrets back end, environment, database) is not its concern. */
export interface Connection {
  readonly id: string;
  /** For example `http`, `kafka`, `postgres`. */
  readonly type: string;
  readonly description?: string;
  readonly host?: string;
  readonly port?: number;
  readonly login?: string;
  readonly password?: Secret;
  /** Database, bucket or path, as the type says. */
  readonly schema?: string;
  readonly extra: Readonly<Record<string, unknown>>;
}
