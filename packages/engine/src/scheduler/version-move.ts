import { moveToVersion } from "@millrace/core";
import type { Batch } from "./batch.ts";
import type { InboxStep } from "./plan-inbox.ts";
import type { TickState } from "./tick-state.ts";

/** Puts a run's move to the newest version into the batch. */
export async function planVersionMove(
  state: TickState,
  batch: Batch,
  { run, dag: { row } }: Extract<InboxStep, { kind: "move" }>,
): Promise<void> {
  const { compiled } = await state.owned.versions.get(row, state.store);
  const move = moveToVersion(run, { compiled, dagVersion: row.version }, batch.now);
  batch.add({ run, draft: move.draft, move });
  state.owned.occupancy.moveAll(move.draft);
}
