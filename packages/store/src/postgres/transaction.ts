import { MillraceError } from "@millrace/core";
import type pg from "pg";
import { classifySqlError } from "./sql-error.ts";

/** How long a statement may wait for one lock; afterwards it fails with 55P03, a `retry`. */
export const LOCK_TIMEOUT_MS = 2_000;
/** How long a statement may run; afterwards it fails with 57014, a `server` trouble. */
export const STATEMENT_TIMEOUT_MS = 30_000;
/** How long a client may be silent between two statements; then the server ends its connection, so that a process that was stopped there holds no locks. */
const IDLE_TIMEOUT_MS = 10_000;

/** Limits of one transaction. */
export interface TransactionOptions {
  /** Default 2 000. */
  readonly lockTimeoutMs?: number;
  /** Default 30 000. */
  readonly statementTimeoutMs?: number;
  /** Default 10 000: shorter than the time after which a scheduler is judged dead, whose DAGs another one then needs the locks for. */
  readonly idleTimeoutMs?: number;
}

/**
 * Runs `work` in one read-committed transaction of `client`: commits when it resolves, rolls back and rethrows when it rejects.
 *
 * The limits are set inside the transaction, in the round trip of `begin`, so they hold behind a pooler too. A client whose rollback fails is closed.
 *
 * @throws what `work` or the commit threw. When the connection is lost after COMMIT was sent: MillraceError STORE_UNAVAILABLE which
 * {@link classifySqlError} calls `unknown-outcome`.
 */
export async function transaction<T, Client extends pg.ClientBase>(
  client: Client,
  work: (client: Client) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const {
    lockTimeoutMs = LOCK_TIMEOUT_MS,
    statementTimeoutMs = STATEMENT_TIMEOUT_MS,
    idleTimeoutMs = IDLE_TIMEOUT_MS,
  } = options;
  const limits = {
    lock_timeout: lockTimeoutMs,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: idleTimeoutMs,
  };
  const settings = Object.entries(limits).map(([name, ms]) => `set local ${name} = ${wholeMs(ms)}`);
  await client.query(["begin", ...settings].join("; "));
  let result: T;
  try {
    result = await work(client);
  } catch (error) {
    await rollBack(client);
    throw error;
  }
  await commit(client);
  return result;
}

async function commit(client: pg.ClientBase): Promise<void> {
  let command: string;
  try {
    ({ command } = await client.query("commit"));
  } catch (error) {
    if (classifySqlError(error) !== "server") throw error;
    throw new MillraceError(
      "STORE_UNAVAILABLE",
      "the connection was lost while committing: whether it happened is not known.",
      {
        details: { unknownOutcome: true },
        cause: error,
      },
    );
  }
  // PostgreSQL answers COMMIT with ROLLBACK when a statement failed before and the failure was swallowed.
  if (command !== "COMMIT")
    throw new Error("the transaction was rolled back: an error of one of its statements was not passed on");
}

async function rollBack(client: pg.ClientBase): Promise<void> {
  try {
    await client.query("rollback");
  } catch {
    // The error of the work is the one to tell; but this connection may be inside a transaction still, so nobody may use it again.
    void (client as pg.Client).end().catch(() => undefined);
  }
}

/** `set` takes no parameters. */
function wholeMs(value: number): string {
  if (!Number.isInteger(value) || value < 0) throw new Error(`not a timeout in whole milliseconds: ${String(value)}`);
  return String(value);
}
