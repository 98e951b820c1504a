import type { RemovedRows } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "../queries/run-guarded.ts";

/** Rows that one statement deletes at most, so that no transaction is long. */
export const ROWS_AT_ONCE = 5_000;

/** Runs a statement that deletes at most {@link ROWS_AT_ONCE} rows, in a transaction of its own. */
export async function deleteBatch(
  pool: DatabasePool,
  statement: string,
  values: readonly unknown[] = [],
): Promise<RemovedRows> {
  const { rowCount } = await runGuarded(pool, "any", (client) => client.query(statement, [...values]));
  const rows = rowCount ?? 0;
  return { rows, isMore: rows >= ROWS_AT_ONCE };
}

/** Runs it until nothing is left to delete. @returns how many rows went. */
export async function deleteAll(
  pool: DatabasePool,
  statement: string,
  values: readonly unknown[] = [],
): Promise<number> {
  for (let deleted = 0; ;) {
    const { rows, isMore } = await deleteBatch(pool, statement, values);
    deleted += rows;
    if (!isMore) return deleted;
  }
}
