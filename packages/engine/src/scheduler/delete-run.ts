// R2. A removal takes the run's next version, as a commit does: of a removal and a change at the same moment one is behind.
import { planRun, type InboxRow, type Run } from "@millrace/core";
import type { Batch } from "./batch.ts";
import { askLookers } from "./effects.ts";
import { afterFirstStep } from "./plan-inbox.ts";
import type { OwnedDag } from "./owned-dags.ts";
import type { TickState } from "./tick-state.ts";

/** A run that somebody wants to be gone. */
export interface Deletion {
  readonly run: Run;
  readonly dag: OwnedDag;
  readonly row: InboxRow;
}

/**
 * Next step of a deletion: a run that has not ended is stopped with this batch, and removed in the next tick. What it leaves behind is cleared away by
 * retention.
 */
export async function deleteRun(state: TickState, batch: Batch, { run, dag, row }: Deletion): Promise<void> {
  const { runId, dagId, runKey, version } = run.head;
  if (run.head.state !== "success" && run.head.state !== "failed") {
    const facts = {
      now: batch.now,
      slotOf: (dispatchId: string): number | undefined => state.owned.dispatches.get(dispatchId)?.slot,
    };
    const { draft } = planRun(run, [{ kind: "markRun", state: "failed", by: row.by }], facts);
    // Nobody wants to hear how a run ended that never was.
    draft.callbacks.length = 0;
    batch.add({ run, draft });
    state.owned.occupancy.moveAll(draft);
    state.mail.deferred.push(afterFirstStep(row));
    return;
  }
  const isGone = await state.store.removeRun({ runId, dagId, version });
  state.owned.dropRun(runId);
  state.results.forgetRun(runId);
  state.past.forget(dag, runId);
  askLookers(state, dag);
  if (isGone) batch.answers.push({ inboxId: row.inboxId, answer: { ok: true, runId, runKey } });
  // Somebody has changed it since it was read: it is read again.
  else state.mail.deferred.push(row);
}
