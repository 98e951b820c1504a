// A run that only waits for a far time is not kept in memory. Its rows are the truth, and its due time finds it again (R7).
import { TASK_STATES, type Run, type TaskState } from "@millrace/core";
import type { Batch } from "./batch.ts";
import { waitsForDate } from "./owned-dags.ts";
import type { TickState } from "./tick-state.ts";

/** A wait that is not worth a read of the run's rows at its end. */
const NEAR_MICROS = 120_000_000;

const BUSY = (["scheduled", "queued", "running", "restarting"] satisfies TaskState[]).map((state) =>
  TASK_STATES.indexOf(state),
);
const DEFERRED = TASK_STATES.indexOf("deferred");

/** Lets a run rest when nothing can happen to it for long. */
export function restIfFar(state: TickState, run: Run): void {
  const { runId, dueAt, obligations } = run.head;
  const now = state.clock.now();
  if (dueAt === undefined || dueAt - now < NEAR_MICROS || obligations.length > 0) return;
  if (run.head.state !== "running" && !waitsForDate(run.head, now)) return;
  if (run.dispatchId.size > 0 || BUSY.some((code) => run.counts[code] > 0)) return;
  // R6: what it holds in a pool is counted from memory.
  if (run.counts[DEFERRED] > 0 && state.owned.occupancy.countsDeferred) return;
  // Later runs look at it.
  if (run.compiled.looksAtPast) return;
  if (state.mail.events.has(runId) || state.owned.runs.get(runId) !== run) return;
  for (const { runs } of state.uncommitted) if (runs.has(runId)) return;
  state.owned.rest(run);
  state.results.forgetRun(runId);
}

/** Runs that were looked at and need nothing. */
export function restUnchanged(state: TickState, batch: Batch): void {
  for (const { run, draft, newRun } of batch.runs.values())
    if (!newRun && draft.isEmpty && run.head.dueAt !== undefined) restIfFar(state, run);
}
