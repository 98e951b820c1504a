import type { RunEvent } from "@millrace/core";
import { settleEnded } from "./effects.ts";
import { runFromRows, versionOf } from "./owned-dags.ts";
import type { TickState } from "./tick-state.ts";

/** Runs that are read back in one tick at most. */
const RUNS_PER_TICK = 500;

/** Reads the resting runs among those that something happens to. What is too much for one tick is offered again. */
export async function wakeResting(state: TickState, events: Map<number, readonly RunEvent[]>): Promise<void> {
  const { owned, store, mail } = state;
  if (owned.resting.size === 0) return;
  const resting = [...events.keys()].filter((runId) => owned.resting.has(runId));
  for (const runId of resting.splice(RUNS_PER_TICK)) {
    mail.offerAgain(runId, events.get(runId) ?? []);
    events.delete(runId);
  }
  if (resting.length === 0) return;
  const loaded = await store.loadRuns(resting);
  await owned.versions.load(
    loaded.map(({ run }) => versionOf(run)),
    store,
  );
  for (const { run: row, instances } of loaded) {
    const dag = owned.dags.get(row.dagId);
    if (!dag) continue;
    const version = await owned.versions.get(versionOf(row), store);
    const run = runFromRows(row, instances, version.compiled);
    if (row.state === "success" || row.state === "failed") settleEnded(state, dag, run);
    else {
      owned.addRun(run, state.clock.now());
      owned.index(run);
    }
  }
  for (const runId of resting) owned.forgetResting(runId);
}
