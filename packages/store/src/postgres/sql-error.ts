import { isMillraceError } from "@millrace/core";

/**
 * What a failed statement asks for.
 *
 * - `retry`: the transaction lost against another one (deadlock, serialization, lock timeout): do the same again, jittered.
 * - `server`: the database is not able to at the moment (connection lost, shutdown, disk full, too many connections, read-only): retry the whole batch later.
 * - `data`: a value is refused (R11): split the batch until the guilty one is alone.
 * - `unknown-outcome`: the connection was cut after COMMIT was sent (R4): look whether it happened.
 * - `bug`: anything else.
 */
export type SqlErrorKind = "retry" | "server" | "data" | "unknown-outcome" | "bug";

const STATES: Readonly<Record<string, SqlErrorKind>> = {
  "40001": "retry", // serialization_failure
  "40P01": "retry", // deadlock_detected
  "55P03": "retry", // lock_not_available, which lock_timeout raises
  "40003": "unknown-outcome", // statement_completion_unknown
  "57014": "server", // query_canceled: statement_timeout, on a server that is too slow just now
  "25006": "server", // read_only_sql_transaction: after a failover to a standby
  "25P03": "server", // idle_in_transaction_session_timeout
  "25P04": "server", // transaction_timeout
  "3D000": "server", // invalid_catalog_name: the database is not there (yet)
  "55000": "server", // object_not_in_prerequisite_state: not accepting connections
  "08P01": "bug", // protocol_violation: we sent nonsense
  XX001: "server", // data_corrupted
  XX002: "server", // index_corrupted
};

const CLASSES: Readonly<Record<string, SqlErrorKind>> = {
  "08": "server", // connection exception
  "22": "data", // data exception
  "23": "data", // integrity constraint violation
  "28": "server", // invalid authorization: a password being rotated
  "53": "server", // insufficient resources
  "54": "data", // program limit exceeded
  "57": "server", // operator intervention
  "58": "server", // system error
};

const NETWORK_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENOENT",
  "EACCES",
  "EMFILE",
]);

/** `pg` gives these no code. */
const LOST_CONNECTION =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|Query read timeout|timeout expired|timeout exceeded when trying to connect|The server does not support SSL|Cannot use a pool after calling end)/;

/** Says what an error of a statement, of a connection or of {@link transaction} asks for. Errors of other origin are a `bug`. */
export function classifySqlError(error: unknown): SqlErrorKind {
  if (!(error instanceof Error)) return "bug";
  if (isMillraceError(error)) return classifyOurs(error);
  const { code } = error as { readonly code?: unknown };
  if (typeof code === "string") {
    if (NETWORK_CODES.has(code)) return "server";
    if (/^[0-9A-Z]{5}$/.test(code)) return STATES[code] ?? CLASSES[code.slice(0, 2)] ?? "bug";
  }
  if (LOST_CONNECTION.test(error.message)) return "server";
  return error.cause === undefined ? "bug" : classifySqlError(error.cause);
}

function classifyOurs(
  error: Error & { readonly code?: unknown; readonly details?: Readonly<Record<string, unknown>> },
): SqlErrorKind {
  if (error.details?.["unknownOutcome"] === true) return "unknown-outcome";
  switch (error.code) {
    case "STORE_UNAVAILABLE":
    case "NO_DATABASE":
      return "server";
    case "DATA_REJECTED":
      return "data";
    default:
      return "bug";
  }
}
