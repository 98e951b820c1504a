import type { Graph, GraphTask } from "@millrace/core";
import type { Json } from "./diff-json.ts";
import { diffJson } from "./diff-json.ts";

const MOST_PLACES = 10;

/** What differs between the tasks of two versions. Code of bodies is in no graph: it shows in the source alone. */
export interface GraphDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Tasks with other options, inputs or upstream tasks, and where. */
  readonly changed: readonly { readonly taskId: string; readonly places: readonly string[] }[];
}

/** Compares the tasks of two graphs by their ids. */
export function compareGraphs(a: Graph, b: Graph): GraphDiff {
  const [before, after] = [byId(a), byId(b)];
  const changed = [...before].flatMap(([taskId, task]) => {
    const other = after.get(taskId);
    if (other === undefined) return [];
    const { differences } = diffJson(task, other, MOST_PLACES);
    const places = differences.map(({ path }) => path.replace(/^\$\./, ""));
    return places.length === 0 ? [] : [{ taskId, places }];
  });
  return {
    added: [...after.keys()].filter((taskId) => !before.has(taskId)),
    removed: [...before.keys()].filter((taskId) => !after.has(taskId)),
    changed,
  };
}

/** Tasks name each other by their index, which moves when a task comes or goes: here by id. */
function byId(graph: Graph): ReadonlyMap<string, Json> {
  const idOf = (index: number): string => graph.tasks[index].taskId;
  const named = (task: GraphTask): Json => {
    const { group, setups = [], upstream, ...rest } = task;
    const text = JSON.stringify({
      ...rest,
      group: group === undefined ? null : graph.groups[group].groupId,
      setups: setups.map(idOf),
      upstream: Object.fromEntries(upstream.map(({ task: from, ...edge }) => [idOf(from), edge])),
    });
    return JSON.parse(text, (key, value: unknown) =>
      key === "task" && typeof value === "number" ? idOf(value) : value,
    ) as Json;
  };
  return new Map(graph.tasks.map((task) => [task.taskId, named(task)]));
}
