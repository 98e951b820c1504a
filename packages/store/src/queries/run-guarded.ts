import { setTimeout as sleep } from "node:timers/promises";
import { isMillraceError, MillraceError } from "@millrace/core";
import type pg from "pg";
import { classifySqlError, type DatabasePool, type SqlErrorKind } from "../postgres/index.ts";

const MOST_TRIES = 8;
const FIRST_WAIT_MS = 5;

/**
 * Runs one statement or transaction: again, jittered, when it lost against another one; other errors become ours.
 *
 * @param lane `commit` uses the connection reserved for commits.
 * @throws MillraceError DATA_REJECTED; STORE_UNAVAILABLE, whose `details.outcome` is `none` when surely nothing was written, else `unknown`.
 */
export async function runGuarded<T>(
  pool: DatabasePool,
  lane: "commit" | "any",
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    let sent = false;
    const attempt = (client: pg.PoolClient): Promise<T> => {
      sent = true;
      return work(client);
    };
    try {
      return await (lane === "commit" ? pool.withCommitClient(attempt) : pool.withClient(attempt));
    } catch (error) {
      const kind = classifySqlError(error);
      if (kind !== "retry" || tries === MOST_TRIES) throw translate(error, kind, sent);
      await sleep(FIRST_WAIT_MS * 2 ** (tries - 1) * (0.5 + Math.random()));
    }
  }
}

function translate(error: unknown, kind: SqlErrorKind, sent: boolean): unknown {
  const { message, code, constraint, column, table } = error as {
    message?: string;
    code?: string;
    constraint?: string;
    column?: string;
    table?: string;
  };
  switch (kind) {
    case "data":
      if (isMillraceError(error)) return error;
      return new MillraceError("DATA_REJECTED", `the database refuses a value: ${message ?? String(error)}`, {
        details: { sqlState: code, constraint, column, table },
        cause: error,
      });
    case "retry":
      return unavailable(error, "none");
    case "server":
      return unavailable(error, sent && isConnectionLoss(code) ? "unknown" : "none");
    case "unknown-outcome":
      return unavailable(error, "unknown");
    case "bug":
      return error;
    default:
      throw new Error(`unreachable: ${String(kind satisfies never)}`);
  }
}

/** An answer with another state than these came over a live connection: the statement was rolled back. */
function isConnectionLoss(code: string | undefined): boolean {
  return code === undefined || !/^[0-9A-Z]{5}$/.test(code) || code.startsWith("08") || code.startsWith("57P");
}

function unavailable(error: unknown, outcome: "none" | "unknown"): MillraceError {
  const reason = error instanceof Error ? error.message : String(error);
  return new MillraceError("STORE_UNAVAILABLE", `the database does not answer: ${reason}`, {
    details: { outcome },
    cause: error,
  });
}
