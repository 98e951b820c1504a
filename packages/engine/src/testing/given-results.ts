import {
  encodeValue,
  type BuiltDag,
  type EngineStore,
  type InstanceRow,
  type NewRun,
  type ResultKey,
  type StoredValue,
} from "@millrace/core";
import { mappedLengthOf } from "../worker/stored-values.ts";

/** What tasks of a run have left behind, as a test says it. */
export interface GivenValues {
  /** By task id; of a mapped task a list, an element for each instance. */
  readonly results: Readonly<Record<string, unknown>>;
  /** By task id and key: what was pushed beside the result. */
  readonly xcoms: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A run in which these tasks have succeeded with these values and nothing else has happened, as a store that can only be read. */
export function storeOfGiven(
  dag: BuiltDag,
  newRun: NewRun,
  given: GivenValues,
): Pick<EngineStore, "loadRun" | "readResults"> {
  const taskIds = new Set([...Object.keys(given.results), ...Object.keys(given.xcoms)]);
  const values = new Map<string, StoredValue>();
  const instances = [...taskIds].flatMap((taskId) => {
    const pushed = new Map(Object.entries(given.xcoms[taskId] ?? {}));
    const result = given.results[taskId];
    const elements: readonly unknown[] = isMapped(dag, taskId) && Array.isArray(result) ? result : [result];
    return elements.map((element, index): InstanceRow => {
      const mapIndex = isMapped(dag, taskId) ? index : -1;
      if (element !== undefined) values.set(keyOf({ taskId, mapIndex }), encodeValue(element, { name: taskId }));
      for (const [key, value] of pushed)
        values.set(keyOf({ taskId, mapIndex, key }), encodeValue(value, { name: `${taskId}, ${key}` }));
      const length = mappedLengthOf(element, dag.bodies.get(taskId) ?? {}, { pushed, maxMapLength: Infinity });
      return { ...SUCCEEDED, taskId, mapIndex, ...(length !== undefined && { resultLength: length }) };
    });
  });
  const { assetEventIds: _events, note: _note, ...head } = newRun;
  const run = { ...head, ...RUNNING, queuedAt: newRun.runAfter, startedAt: newRun.runAfter };
  const find = ({ taskId, mapIndex, key }: ResultKey): readonly StoredValue[] => {
    const own = instances.filter((row) => row.taskId === taskId && (mapIndex ?? row.mapIndex) === row.mapIndex);
    return own.flatMap((row) => values.get(keyOf({ taskId, mapIndex: row.mapIndex, ...(key && { key }) })) ?? []);
  };
  return {
    loadRun: (runId) => Promise.resolve({ run: { ...run, runId }, instances }),
    readResults: (keys) => Promise.resolve(keys.map(find)),
  };
}

const RUNNING = { version: 1, state: "running", clearNumber: 0, deadlineMissed: false, obligations: [] } as const;
const SUCCEEDED = { state: "success", tryNumber: 1, maxTries: 0, restarts: 0 } as const;

function keyOf({ taskId, mapIndex, key = "" }: Omit<ResultKey, "runId">): string {
  return JSON.stringify([taskId, mapIndex, key]);
}

/** True when a task has an instance per element: by itself, or in a group that has. */
export function isMapped({ graph }: BuiltDag, taskId: string): boolean {
  const task = graph.tasks.find((one) => one.taskId === taskId);
  if (task?.each) return true;
  for (let group = task?.group; group !== undefined; group = graph.groups[group].parent)
    if (graph.groups[group].each) return true;
  return false;
}
