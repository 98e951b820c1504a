import type { Graph, Queries, TaskInstanceSummary } from "@millrace/core";
import { listInstances } from "./find-things.ts";
import { paintState, stateSign } from "./output/paint-state.ts";
import { showSpan } from "./output/show-time.ts";
import { labelOf } from "./run-progress.ts";
import type { Paint } from "./terminal.ts";

/** Instances of one mapped task that are shown one by one. */
const MAPPED_SHOWN = 10;

/** The tasks of a run as lines: each below the deepest of its upstream tasks, with state, time and cause. */
export async function runTreeLines(
  queries: Queries,
  run: { readonly runId: number; readonly graph: Graph },
  paint: Paint,
): Promise<readonly string[]> {
  const { tasks } = run.graph;
  const instances = await listInstances(
    { queries },
    run.runId,
    tasks.map(({ taskId }) => taskId),
  );
  const byTask = Map.groupBy(instances, ({ taskId }) => taskId);
  const depths: number[] = [];
  tasks.forEach((task, index) => (depths[index] = Math.max(-1, ...task.upstream.map((edge) => depths[edge.task])) + 1));
  return tasks.flatMap(({ taskId }, index) =>
    taskLines(byTask.get(taskId) ?? [], "  ".repeat(depths[index] + 1), paint),
  );
}

function taskLines(instances: readonly TaskInstanceSummary[], indent: string, paint: Paint): readonly string[] {
  const interesting =
    instances.length <= MAPPED_SHOWN
      ? instances
      : instances.filter(({ state }) => state === "failed").slice(0, MAPPED_SHOWN);
  const lines = interesting.map((instance) => `${indent}${instanceText(instance, paint)}`);
  const hidden = instances.length - interesting.length;
  if (hidden === 0) return lines;
  const counts = [...Map.groupBy(instances, ({ state }) => state)].map(([state, some]) => `${some.length} ${state}`);
  return [
    `${indent}${paint.dim("·")} ${instances[0].taskId}[0…${instances.length - 1}] ${counts.join(", ")}`,
    ...lines,
  ];
}

function instanceText(instance: TaskInstanceSummary, paint: Paint): string {
  const { state, startedAt, endedAt, cause } = instance;
  const span = startedAt !== undefined && endedAt !== undefined ? ` ${paint.dim(showSpan(endedAt - startedAt))}` : "";
  const why = cause && state !== "success" ? `: ${cause.message}` : "";
  return `${stateSign(state, paint)} ${labelOf(instance)} ${paintState(state, paint)}${span}${why}`;
}
