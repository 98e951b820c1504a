// R2. A commit of a run is the insert of its run_change row: the function `commit_batch_1` (migrations/0003-commit.sql) writes the rows of exactly the
// runs whose row went in, in the same transaction. R1: one call, one transaction, one round trip.
import type { CommitBatch, CommitResult, Micros } from "@millrace/core";
import { batchColumns } from "../commit/batch-columns.ts";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";
import { schedulerEnded } from "./schedulers.ts";

const PARAMETERS = 57;
// Whoever follows the changes is told in the same transaction.
const COMMIT = `select c.behind, c.conflicts, c.now_micros, millrace.feed_runs_1($2, $3, c.behind)
  from millrace.commit_batch_1(${Array.from({ length: PARAMETERS }, (_, index) => `$${index + 1}`).join(", ")}) c`;

/** What `commit_batch_1` raises. */
const SCHEDULER_ENDED = "MR001";

interface CommitRow {
  readonly behind: readonly number[] | null;
  readonly conflicts: readonly number[] | null;
  readonly now_micros: Micros;
}

/**
 * Commits a batch on the connection reserved for commits.
 *
 * Locks: inbox rows it answers, run_change by run_id, dag_run, task_instance by key. Every probe is by primary key.
 *
 * @throws MillraceError CONFLICT when the scheduler was ended (R10), DATA_REJECTED when a value is refused (nothing was written), STORE_UNAVAILABLE with `details.outcome` `none` or `unknown`.
 */
export async function commit(pool: DatabasePool, batch: CommitBatch): Promise<CommitResult> {
  const { rows, parameters } = batchColumns(batch);
  const values = [batch.schedulerId, ...parameters];
  // A pooler before version 1.21 loses named statements.
  const statement = pool.hasSessions ? { name: "commit_batch_1", text: COMMIT, values } : { text: COMMIT, values };
  const { rows: answers } = await runGuarded(pool, "commit", (client) => client.query<CommitRow>(statement)).catch(
    (error: unknown) => {
      if ((error as { readonly code?: unknown }).code === SCHEDULER_ENDED) throw schedulerEnded(batch.schedulerId);
      throw error;
    },
  );
  const [answer] = answers;
  if (answer === undefined) throw new Error("the commit answered without a row");
  const refused = new Set(answer.behind);
  const committed = new Set<number>();
  rows.runs.forEach(({ runId }, index) => refused.has(index) || committed.add(runId));
  const conflicts = new Set((answer.conflicts ?? []).map((position) => rows.runs[position - 1].runId));
  return { committed, conflicts, now: answer.now_micros };
}
