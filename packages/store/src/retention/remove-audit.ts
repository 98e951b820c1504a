import type { Micros, RemovedRows } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "../queries/run-guarded.ts";
import { deleteAll, deleteBatch, ROWS_AT_ONCE } from "./delete-batch.ts";

// Index audit_entry_by_age.
const deleteBefore = (before: string): string => `
  delete from millrace.audit_entry
  where audit_id in (
    select audit_id from millrace.audit_entry
    where at < ${before}
    order by at, audit_id
    limit ${ROWS_AT_ONCE}
  )`;

const DELETE_OLD = deleteBefore("now() - $1::bigint * interval '1 microsecond'");
// Cleaning is in the audit, too, and that entry stays, whatever instant is given.
const BEFORE = "least(millrace.instant($1), now() - interval '1 hour')";
const DELETE_BEFORE = deleteBefore(BEFORE);
const COUNT_BEFORE = `select count(*) as count from millrace.audit_entry where at < ${BEFORE}`;

/** As {@link RetentionStore.removeAudit}. */
export async function removeAudit(pool: DatabasePool, ageMicros: Micros): Promise<RemovedRows> {
  return await deleteBatch(pool, DELETE_OLD, [ageMicros]);
}

/** How many entries {@link removeAuditBefore} would delete. */
export async function countAuditBefore(pool: DatabasePool, before: Micros): Promise<number> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<{ count: number }>(COUNT_BEFORE, [before]));
  return rows[0].count;
}

/** Deletes all audit entries from before an instant, except those of the last hour, some at a time. @returns how many. */
export async function removeAuditBefore(pool: DatabasePool, before: Micros): Promise<number> {
  return await deleteAll(pool, DELETE_BEFORE, [before]);
}
