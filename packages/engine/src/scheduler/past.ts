import { isFine, type EngineStore, type PastStates, type Run } from "@millrace/core";
import { runFromRows, versionOf, type OwnedDag, type OwnedDags } from "./owned-dags.ts";

/** Earlier runs kept per DAG for `depends_on_past`. */
const KEPT = 4;

/** Answers what happened to a task in the run before (d2: `depends_on_past`, `wait_for_downstream`). */
export class PastReader {
  readonly #owned: OwnedDags;
  readonly #store: EngineStore;

  constructor(owned: OwnedDags, store: EngineStore) {
    this.#owned = owned;
    this.#store = store;
  }

  /** Reads what the plan of this run will ask; at most one look-up per run, then from memory. */
  async prepare(run: Run): Promise<PastStates | undefined> {
    if (!run.compiled.looksAtPast) return undefined;
    const dag = this.#owned.dags.get(run.head.dagId);
    if (!dag) return undefined;
    const previousId = await this.#previousId(dag, run);
    if (previousId === null) return { check: () => ({ satisfied: true }) };
    const previous = this.#owned.runs.get(previousId) ?? dag.past.get(previousId) ?? (await this.#load(previousId));
    return { check: (task, mapIndex) => check(run, previous, task, mapIndex) };
  }

  /** A run that is gone: those that looked at it look at the one before it. */
  forget(dag: OwnedDag, runId: number): void {
    dag.past.delete(runId);
    for (const [run, previousId] of dag.lookers) if (previousId === runId) dag.lookers.set(run, undefined);
  }

  /** Keeps an ended run for the one that follows it. */
  keep(run: Run): void {
    const dag = this.#owned.dags.get(run.head.dagId);
    if (!dag || !run.compiled.looksAtPast) return;
    dag.past.delete(run.head.runId);
    dag.past.set(run.head.runId, run);
    for (const oldest of dag.past.keys()) {
      if (dag.past.size <= KEPT) break;
      dag.past.delete(oldest);
    }
  }

  async #previousId(dag: OwnedDag, run: Run): Promise<number | null> {
    const known = dag.lookers.get(run);
    if (known !== undefined) return known;
    const { dagId, settings } = dag.row;
    const found = (await this.#store.findPreviousRunId(dagId, run.head.logicalDate, settings.catchup)) ?? null;
    if (dag.lookers.has(run)) dag.lookers.set(run, found);
    return found;
  }

  async #load(runId: number): Promise<Run | undefined> {
    const rows = await this.#store.loadRun(runId);
    if (!rows) return undefined;
    const version = await this.#owned.versions.get(versionOf(rows.run), this.#store);
    const run = runFromRows(rows.run, rows.instances, version.compiled);
    this.keep(run);
    return run;
  }
}

function check(run: Run, previous: Run | undefined, task: number, mapIndex: number): ReturnType<PastStates["check"]> {
  const node = run.compiled.tasks[task];
  const before = previous?.compiled.indexOf.get(node.taskId);
  if (!previous || before === undefined) return { satisfied: true };
  const slots =
    mapIndex >= 0 && previous.mapped.has(before) ? [previous.slotOf(before, mapIndex)] : previous.slotsOf(before);
  for (const slot of slots) {
    if (slot >= 0 && !isFine(previous.stateOf(slot))) {
      return {
        satisfied: false,
        why: `${node.taskId} is ${previous.stateOf(slot)} in the run before (${previous.head.runKey})`,
      };
    }
  }
  if (!node.waitForDownstream) return { satisfied: true };
  for (const edge of previous.compiled.downstream[before]) {
    for (const slot of previous.slotsOf(edge.task)) {
      if (slot >= 0 && !isFine(previous.stateOf(slot))) {
        return {
          satisfied: false,
          why: `${previous.compiled.tasks[edge.task].taskId} is ${previous.stateOf(slot)} in the run before (${previous.head.runKey})`,
        };
      }
    }
  }
  return { satisfied: true };
}
