import { MillraceError, type TaskInstanceSummary } from "@millrace/core";
import { getDag, getRun, listInstances, requireTask } from "./find-things.ts";
import type { OpenProject } from "./open-project.ts";
import { readCount } from "./read-count.ts";

/** Names a task instance as people do. */
export interface NamedInstance {
  readonly dagId: string;
  readonly taskId: string;
  /** Run id, logical date, or `latest`. */
  readonly run: string;
  /** From `--map-index`. */
  readonly mapIndex?: string;
}

/**
 * The task instance that somebody names.
 *
 * @throws MillraceError NOT_FOUND with near names; BAD_ARGUMENT when it is mapped and no index was said.
 */
export async function getInstance(project: OpenProject, named: NamedInstance): Promise<TaskInstanceSummary> {
  const { dagId, taskId } = named;
  const run = await getRun(project, dagId, named.run);
  const instances = (await listInstances(project, run.runId, [])).filter((each) => each.taskId === taskId);
  if (instances.length === 0) {
    requireTask(await getDag(project, dagId), taskId);
    throw new MillraceError("NOT_FOUND", `the run ${run.runKey} of ${dagId} has no task "${taskId}"`, {
      details: { dagId, taskId, runId: run.runKey, hint: "It ran on a version of the DAG without it." },
    });
  }
  const [first] = instances;
  if (named.mapIndex === undefined) {
    if (first.mapIndex < 0) return first;
    throw new MillraceError("BAD_ARGUMENT", `${taskId} is mapped: say which of its ${instances.length} instances`, {
      details: { hint: `Use --map-index, from ${first.mapIndex} to ${instances.at(-1)?.mapIndex ?? 0}.` },
    });
  }
  const index = readCount("--map-index", named.mapIndex, [-1, 1_000_000]);
  const found = instances.find(({ mapIndex }) => mapIndex === index);
  if (found) return found;
  throw new MillraceError("NOT_FOUND", `${taskId} of the run ${run.runKey} has no instance ${index}`, {
    details: { dagId, taskId, mapIndex: index },
  });
}
