import { moveToVersion } from "@millrace/core";
import type { Batch } from "./batch.ts";
import type { InboxStep } from "./plan-inbox.ts";
import type { TickState } from "./tick-state.ts";

/** Puts a run's move to the newest version into the batch. */
export function planVersionMove(state: TickState, batch: Batch, step: Extract<InboxStep, { kind: "move" }>): void {
  const { run, dag } = step;
  const { row } = dag;
  const { compiled } = state.owned.addVersion(dag, row.version, row);
  const move = moveToVersion(run, { compiled, dagVersion: row.version }, batch.now);
  batch.add({ run, draft: move.draft, move });
  state.owned.occupancy.moveAll(move.draft);
}
