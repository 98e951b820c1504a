import { describeSchedule, type Graph, type GraphTask, type TaskInstanceSummary, type TaskState } from "@millrace/core";
import type { ShownRun } from "./dag-data.ts";
import type { Picture, PictureNode } from "./picture.ts";

/** Of a mapped task's states the one that tells most: the first of these that one of its instances is in. */
const LOUDEST: readonly TaskState[] = [
  "failed",
  "upstream_failed",
  "running",
  "restarting",
  "up_for_retry",
  "queued",
  "scheduled",
  "deferred",
  "up_for_reschedule",
  "none",
  "success",
  "skipped",
  "removed",
];

/** A DAG as a picture; with the task instances of a run, in its states. */
export function dagPicture(graph: Graph, run?: ShownRun): Picture {
  const { dagId, dag, tasks, groups } = graph;
  const byTask = Map.groupBy(run?.instances ?? [], ({ taskId }) => taskId);
  const count = `${tasks.length} ${tasks.length === 1 ? "task" : "tasks"}`;
  return {
    title: run ? `${dagId}, run ${run.runKey}` : dagId,
    description: run
      ? `The DAG ${dagId} with ${count}, in the states of its run ${run.runKey}: ${run.state}.`
      : `The DAG ${dagId} with ${count}; schedule: ${describeSchedule(dag.schedule)}.`,
    nodes: tasks.map((task) => nodeOf(graph, task, run && (byTask.get(task.taskId) ?? []))),
    groups: groups.map(({ groupId, parent, each }) => ({
      label: each ? `${groupId} []` : groupId,
      ...(parent !== undefined && { parent }),
    })),
    edges: tasks.flatMap(({ upstream }, to) =>
      upstream.map(({ task: from, via, choices }) => ({
        from,
        to,
        via,
        ...(choices && { label: choices.join(" or ") }),
      })),
    ),
  };
}

function nodeOf(graph: Graph, task: GraphTask, instances: readonly TaskInstanceSummary[] | undefined): PictureNode {
  const { taskId, displayName, group } = task;
  const states = instances?.map(({ state }) => state);
  const state = states && (LOUDEST.find((each) => states.includes(each)) ?? "none");
  return {
    id: taskId,
    label: (displayName ?? shortId(graph, task)) + mappedMark(task, instances),
    notes: notesOf(task),
    shape: "box",
    ...(group !== undefined && { group }),
    ...(state !== undefined && { state }),
  };
}

/** Inside of its group's frame, an id needs no prefix. */
function shortId({ groups }: Graph, { taskId, group }: GraphTask): string {
  const prefix = group !== undefined && groups[group].prefix ? `${groups[group].groupId}.` : "";
  return taskId.startsWith(prefix) ? taskId.slice(prefix.length) : taskId;
}

function mappedMark({ each }: GraphTask, instances: readonly TaskInstanceSummary[] | undefined): string {
  const mapped = instances?.filter(({ mapIndex }) => mapIndex >= 0) ?? [];
  if (mapped.length > 0) return ` [${mapped.filter(({ state }) => state === "success").length}/${mapped.length}]`;
  return each ? " []" : "";
}

function notesOf(task: GraphTask): readonly string[] {
  const { kind, triggerRule, setup, teardown, upstream } = task;
  const choices = upstream.flatMap((edge) => edge.choices ?? []);
  const kinds = { task: [], empty: [], branch: ["branch"], shortCircuit: ["short circuit"], sensor: ["sensor"] };
  return [
    ...kinds[kind],
    ...(setup ? ["setup"] : []),
    ...(teardown ? ["teardown"] : triggerRule === "all_success" ? [] : [triggerRule]),
    ...(choices.length > 0 ? [`on ${choices.join(" or ")}`] : []),
  ];
}
