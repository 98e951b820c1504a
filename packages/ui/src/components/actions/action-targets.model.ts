import type { RunState, TaskState } from "@millrace/api";

/** A run that something is done to. Items of run lists fit. */
export interface RunTarget {
  readonly runId: number;
  readonly dagId: string;
  readonly runKey: string;
  readonly state: RunState;
  readonly logicalDate: string;
  readonly dagVersion: number;
  /** Version of the run as it is shown; what is done to it is refused when it has changed since. */
  readonly changeVersion?: number;
}

/** A task instance that something is done to, with the run that it is of. */
export interface InstanceTarget {
  readonly run: RunTarget;
  readonly taskId: string;
  /** -1 for a task that is not mapped. */
  readonly mapIndex: number;
  readonly state: TaskState;
}

/** Which task instances of a run a command means. */
export interface Selector {
  /** Absent: all. */
  readonly taskIds?: readonly string[];
  /** Absent: all. */
  readonly mapIndexes?: readonly number[];
  readonly upstream?: boolean;
  readonly downstream?: boolean;
  readonly onlyFailed?: boolean;
  readonly onlyRunning?: boolean;
}

/** What is meant in one run. Its selectors are sent one after the other. */
export interface RunPart {
  readonly run: RunTarget;
  readonly selectors: readonly Selector[];
}

/** How what is meant is widened or narrowed. */
export interface SelectorOptions {
  readonly upstream: boolean;
  readonly downstream: boolean;
  readonly only: "all" | "failed" | "running";
}

/** Nothing widened, nothing narrowed. */
export const PLAIN_SELECTION: SelectorOptions = { upstream: false, downstream: false, only: "all" };

/** Whole runs. */
export function wholeRuns(runs: readonly RunTarget[]): readonly RunPart[] {
  return runs.map((run) => ({ run, selectors: [{}] }));
}

/**
 * Task instances by run, in as few selectors as can name exactly them: one for all tasks that are not mapped, and one for each set of map indexes
 * that tasks share.
 */
export function groupInstances(instances: readonly InstanceTarget[]): readonly RunPart[] {
  const byRun = Map.groupBy(instances, ({ run }) => run.runId);
  return [...byRun.values()].map((ofRun) => ({ run: ofRun[0].run, selectors: selectorsOf(ofRun) }));
}

function selectorsOf(instances: readonly InstanceTarget[]): readonly Selector[] {
  const plain = instances.filter(({ mapIndex }) => mapIndex < 0).map(({ taskId }) => taskId);
  const byTask = Map.groupBy(
    instances.filter(({ mapIndex }) => mapIndex >= 0),
    ({ taskId }) => taskId,
  );
  const byIndexes = new Map<string, { readonly taskIds: string[]; readonly mapIndexes: readonly number[] }>();
  for (const [taskId, ofTask] of byTask) {
    const mapIndexes = ofTask.map(({ mapIndex }) => mapIndex).sort((a, b) => a - b);
    const known = byIndexes.get(mapIndexes.join());
    if (known) known.taskIds.push(taskId);
    else byIndexes.set(mapIndexes.join(), { taskIds: [taskId], mapIndexes });
  }
  return [...(plain.length > 0 ? [{ taskIds: plain }] : []), ...byIndexes.values()];
}

/** A selector with the options that a person chose. */
export function withOptions(selector: Selector, { upstream, downstream, only }: SelectorOptions): Selector {
  const names = selector.taskIds !== undefined;
  return {
    ...selector,
    ...(names && upstream && { upstream }),
    ...(names && downstream && { downstream }),
    ...(only === "failed" && { onlyFailed: true }),
    ...(only === "running" && { onlyRunning: true }),
  };
}

/** A selector as the API takes it. */
export function toSelect({ taskIds, mapIndexes, ...rest }: Selector): {
  taskIds?: string[];
  mapIndexes?: number[];
} & Omit<Selector, "taskIds" | "mapIndexes"> {
  return { ...rest, ...(taskIds && { taskIds: [...taskIds] }), ...(mapIndexes && { mapIndexes: [...mapIndexes] }) };
}

/** Whether a run has ended: only then does nothing but a person change it, and its version can be insisted on. */
export function hasEnded(state: RunState): boolean {
  return state === "success" || state === "failed";
}
