import type { Graph } from "../../graph/graph.ts";
import type { Row } from "../../plan/testing/row-store.ts";
import { T0, type World } from "../../plan/testing/world.ts";
import type { InstanceFacts, InstanceStates, RunFacts, StateGroup, WhyDagFacts, WhyFacts } from "../../ports/why.ts";
import type { Blocker } from "../blocker.ts";
import { sayBlocker } from "../say-blocker.ts";
import type { Said } from "../said.ts";
import { openCase, type WhyCase, type WhyOptions } from "../why-case.ts";
import { whyInstance } from "../why-instance.ts";

/** What a test says of the facts around a run. */
export interface CaseSpec {
  readonly facts?: Partial<WhyFacts>;
  readonly dag?: Partial<WhyDagFacts>;
  readonly run?: Partial<RunFacts>;
  readonly options?: WhyOptions;
  /** Map indexes that are read one by one. Default: all. */
  readonly mapIndexes?: readonly number[];
}

/** Facts of a DAG without runs, driven by scheduler 1. */
export function someFacts(graph: Graph, { facts, dag }: Pick<CaseSpec, "facts" | "dag"> = {}): WhyFacts {
  return {
    now: T0,
    dag: {
      dagId: "d",
      file: "d.dag.ts",
      active: true,
      paused: false,
      version: 1,
      owner: 1,
      graph,
      importErrors: [],
      updatedAssets: [],
      unfinished: { running: 0, queued: 0, backfill: 0, runKeys: [] },
      failedRunsInRow: 0,
      ...dag,
    },
    schedulers: [{ schedulerId: 1, host: "h", heartbeatAt: T0 }],
    pools: [{ pool: "default_pool", slots: 128, includeDeferred: false }],
    slotUses: [],
    ...facts,
  };
}

/** A run's states as the store tells them, from rows. */
export function statesOf(graph: Graph, rows: readonly Row[], mapIndexes?: readonly number[]): InstanceStates {
  const present = rows.filter(({ mapIndex, state }) => mapIndex < 0 || state !== "removed");
  const grouped = Map.groupBy(present, ({ taskId, state }) => `${taskId}\n${state}`);
  const groups = [...grouped.values()].map((same): StateGroup => {
    const [first] = same.toSorted((a, b) => a.mapIndex - b.mapIndex);
    return { ...factsOfRow(first), count: same.length };
  });
  const all = [...new Set(present.map(({ mapIndex }) => mapIndex).filter((mapIndex) => mapIndex >= 0))];
  const told = mapIndexes ?? all;
  const instances = present.filter(({ mapIndex }) => told.includes(mapIndex)).map(factsOfRow);
  return { graph, groups, instances, mapIndexes: told };
}

/** A world as the facts tell of it. */
export function caseOf(world: World, { facts, dag, run, options, mapIndexes }: CaseSpec = {}): WhyCase {
  const { graph } = world.run.compiled;
  const { head } = world.rows;
  const known = someFacts(graph, { facts: { now: world.now, ...facts }, ...(dag && { dag }) });
  const runFacts: RunFacts = {
    ...statesOf(graph, [...world.rows.rows.values()], mapIndexes),
    runId: head.runId,
    runKey: head.runKey,
    runType: head.runType,
    state: head.state,
    dagVersion: head.dagVersion,
    logicalDate: head.logicalDate,
    runAfter: head.runAfter,
    queuedAt: T0,
    obligations: head.obligations,
    ...(head.startedAt !== undefined && { startedAt: head.startedAt }),
    ...run,
  };
  const schedulers = known.schedulers.map((each) => (facts?.schedulers ? each : { ...each, heartbeatAt: world.now }));
  return openCase({ ...known, schedulers, run: runFacts }, runFacts, options);
}

/** Why an instance of a world does not run. */
export function whyOf(
  world: World,
  taskId: string,
  spec: CaseSpec & { readonly mapIndex?: number } = {},
): readonly Blocker[] {
  const { mapIndex = -1 } = spec;
  const row = world.rows.row(taskId, mapIndex);
  if (!row) throw new Error(`there is no ${taskId}[${mapIndex}]`);
  return whyInstance(caseOf(world, spec), factsOfRow(row));
}

/** The same in words. */
export function said(blockers: readonly Blocker[], now = T0): readonly Said[] {
  return blockers.map((blocker) => sayBlocker(blocker, { dagId: "d", now }));
}

function factsOfRow(row: Row): InstanceFacts {
  const { taskId, mapIndex, state, tryNumber, maxTries, startedAt, firstStartedAt, dueAt, endedAt, cause } = row;
  return {
    taskId,
    mapIndex,
    state,
    tryNumber,
    maxTries,
    ...(startedAt !== undefined && { startedAt }),
    ...(firstStartedAt !== undefined && { firstStartedAt }),
    ...(dueAt !== undefined && { dueAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(cause && { cause }),
  };
}
