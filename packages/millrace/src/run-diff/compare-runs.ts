import type { TaskState } from "@millrace/core";
import { compareGraphs, type GraphDiff } from "./compare-graphs.ts";
import { diffJson, type Json, type JsonDiff } from "./diff-json.ts";
import type { InstanceSide, RunSide } from "./run-side.ts";

/** A value of the two runs; `same` says whether they are one. */
export interface Pair<T> {
  readonly a: T;
  readonly b: T;
  readonly same: boolean;
}

/** How long something took in the two runs; null while it has not ended, or never began. */
export interface DurationPair {
  readonly aSeconds: number | null;
  readonly bSeconds: number | null;
  /** b / a; null when either is missing or a took no time. */
  readonly ratio: number | null;
  /** More than twice or less than half as long, and more than a second apart. */
  readonly standsOut: boolean;
}

/** What differs between an instance of the two runs. */
export interface InstanceDiff {
  /** -1 = not mapped. */
  readonly mapIndex: number;
  readonly state: Pair<TaskState | null>;
  readonly tries: Pair<number | null>;
  readonly duration: DurationPair;
  readonly cause: Pair<string | null>;
  readonly result: JsonDiff;
  readonly same: boolean;
}

/** What differs between a task of the two runs. */
export interface TaskDiff {
  readonly taskId: string;
  readonly isMapped: boolean;
  readonly presence: "both" | "a" | "b";
  /** Instances by state. */
  readonly states: Pair<Readonly<Partial<Record<TaskState, number>>>>;
  /** From the first start to the last end. */
  readonly duration: DurationPair;
  /** Those that differ, at most as many as asked for. */
  readonly instances: readonly InstanceDiff[];
  /** Others that differ. */
  readonly moreInstances: number;
  readonly same: boolean;
}

/** What differs between two runs. Durations, run ids and dates never make them differ. */
export interface RunsDiff {
  readonly dagId: Pair<string>;
  readonly runId: Pair<string>;
  readonly version: Pair<number>;
  /** Absent when the versions are the same, or one is kept no more. */
  readonly graph?: GraphDiff;
  readonly state: Pair<string>;
  readonly cause: Pair<string | null>;
  readonly runType: Pair<string>;
  readonly duration: DurationPair;
  readonly conf: JsonDiff;
  readonly params: JsonDiff;
  readonly tasks: readonly TaskDiff[];
  /** Only so many results of mapped tasks were compared. */
  readonly resultsCut: boolean;
  readonly same: boolean;
}

/** How much is named; the rest is counted. */
export interface DiffLimits {
  /** Differences in one value. */
  readonly places: number;
  /** Instances of one mapped task. */
  readonly instances: number;
}

const SECOND = 1_000_000;

/** Compares two runs. Pure. */
export function compareRuns(a: RunSide, b: RunSide, limits: DiffLimits): RunsDiff {
  const [version, state] = [pair(a.dagVersion, b.dagVersion), pair<string>(a.state, b.state)];
  const [conf, params] = [diffJson(a.conf, b.conf, limits.places), diffJson(a.params, b.params, limits.places)];
  const tasks = compareTasks(a, b, limits);
  const dagId = pair(a.dagId, b.dagId);
  const graph = (!version.same || !dagId.same) && a.graph && b.graph ? compareGraphs(a.graph, b.graph) : undefined;
  return {
    dagId,
    runId: pair(a.runKey, b.runKey),
    version,
    ...(graph && { graph }),
    state,
    cause: pair(a.cause ?? null, b.cause ?? null),
    runType: pair<string>(a.runType, b.runType),
    duration: durations(spanOf([a]), spanOf([b])),
    conf,
    params,
    tasks,
    resultsCut: a.resultsCut || b.resultsCut,
    same:
      [dagId, version, state].every(({ same }) => same) &&
      [conf, params].every(({ differences }) => differences.length === 0) &&
      tasks.every(({ same }) => same),
  };
}

function pair<T>(a: T, b: T): Pair<T> {
  return { a, b, same: JSON.stringify(a) === JSON.stringify(b) };
}

/** In the order of a's graph, those that only b has behind. */
function compareTasks(a: RunSide, b: RunSide, limits: DiffLimits): readonly TaskDiff[] {
  const [left, right] = [a, b].map(({ instances }) => Map.groupBy(instances, ({ taskId }) => taskId));
  const order = [...(a.graph?.tasks ?? []), ...(b.graph?.tasks ?? [])].map(({ taskId }) => taskId);
  const known = new Set([...order, ...left.keys(), ...right.keys()]);
  return [...known]
    .filter((taskId) => left.has(taskId) || right.has(taskId))
    .map((taskId) => compareTask(taskId, [left.get(taskId) ?? [], right.get(taskId) ?? []], limits));
}

function compareTask(
  taskId: string,
  [a, b]: readonly [readonly InstanceSide[], readonly InstanceSide[]],
  limits: DiffLimits,
): TaskDiff {
  const [left, right] = [a, b].map((list) => new Map(list.map((each) => [each.mapIndex, each])));
  const indexes = [...new Set([...left.keys(), ...right.keys()])].sort((one, other) => one - other);
  const different = indexes
    .map((mapIndex) => compareInstance(mapIndex, [left.get(mapIndex), right.get(mapIndex)], limits))
    .filter(({ same }) => !same);
  const isMapped = [...a, ...b].some(({ mapIndex }) => mapIndex >= 0);
  return {
    taskId,
    isMapped,
    presence: a.length === 0 ? "b" : b.length === 0 ? "a" : "both",
    states: pair(countStates(a), countStates(b)),
    duration: durations(spanOf(a), spanOf(b)),
    instances: different.slice(0, limits.instances),
    moreInstances: Math.max(0, different.length - limits.instances),
    same: different.length === 0,
  };
}

function compareInstance(
  mapIndex: number,
  [a, b]: readonly [InstanceSide | undefined, InstanceSide | undefined],
  limits: DiffLimits,
): InstanceDiff {
  const state = pair<TaskState | null>(a?.state ?? null, b?.state ?? null);
  const tries = pair(a?.tryNumber ?? null, b?.tryNumber ?? null);
  const result =
    a?.result?.json === b?.result?.json && a?.result?.meta === b?.result?.meta
      ? { differences: [], more: 0 }
      : diffJson(valueOf(a), valueOf(b), limits.places);
  return {
    mapIndex,
    state,
    tries,
    duration: durations(a && spanOf([a]), b && spanOf([b])),
    cause: pair(a?.cause ?? null, b?.cause ?? null),
    result,
    same: state.same && tries.same && result.differences.length === 0,
  };
}

function valueOf(instance: InstanceSide | undefined): Json | undefined {
  return instance?.result === undefined ? undefined : (JSON.parse(instance.result.json) as Json);
}

function countStates(instances: readonly InstanceSide[]): Readonly<Partial<Record<TaskState, number>>> {
  const counts: Partial<Record<TaskState, number>> = {};
  // By name, so that equal counts are equal texts.
  for (const { state } of [...instances].sort((a, b) => a.state.localeCompare(b.state)))
    counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

interface Timed {
  readonly startedAt?: number;
  readonly endedAt?: number;
}

/** Microseconds from the first start to the last end; undefined while one of them has not ended. */
function spanOf(timed: readonly Timed[]): number | undefined {
  const begun = timed.filter((each) => each.startedAt !== undefined);
  if (begun.length === 0 || begun.some(({ endedAt }) => endedAt === undefined)) return undefined;
  const ends = begun.map(({ endedAt = 0 }) => endedAt);
  const starts = begun.map(({ startedAt = 0 }) => startedAt);
  // Not Math.max(...): a mapped task may have 100 000 instances.
  return ends.reduce((most, each) => Math.max(most, each)) - starts.reduce((least, each) => Math.min(least, each));
}

function durations(a: number | undefined, b: number | undefined): DurationPair {
  const seconds = (micros: number | undefined): number | null =>
    micros === undefined ? null : Math.round(micros / 1_000) / 1_000;
  const ratio = a === undefined || b === undefined || a <= 0 ? null : Math.round((b / a) * 100) / 100;
  return {
    aSeconds: seconds(a),
    bSeconds: seconds(b),
    ratio,
    standsOut: a !== undefined && b !== undefined && Math.abs(a - b) > SECOND && (b > 2 * a || a > 2 * b),
  };
}
