import type { Graph } from "@millrace/core";
import { readStored } from "./stored-values.ts";
import type { WorkerTools } from "./worker-tools.ts";

const RESULT_KEY = "return_value";
const MOST = 100_000;

/** The try that pulls. */
export interface PullingTry {
  readonly taskId: string;
  readonly mapIndex: number;
  readonly dispatch: { readonly dispatchId: string };
  readonly parts: {
    readonly dag: { readonly graph: Graph };
    readonly tools: Pick<WorkerTools, "client" | "blobs">;
  };
}

/** Which value of which task of the run. */
export interface XComQuestion {
  readonly taskId: string;
  /** Default: the result. */
  readonly key?: string;
  readonly mapIndex?: number;
}

/**
 * The value of another task of the same run, `undefined` when it has none. Of a mapped task all values as a list, however many there are; inside a
 * mapped group, of a task of the same group, that of the same index.
 */
export async function pullXCom(ctx: PullingTry, question: XComQuestion): Promise<unknown> {
  const { taskId, key = RESULT_KEY } = question;
  const { client, blobs } = ctx.parts.tools;
  const { graph } = ctx.parts.dag;
  const scope = scopeOf(graph, taskId);
  const isSibling = typeof scope === "number" && scope === scopeOf(graph, ctx.taskId);
  const mapIndex = question.mapIndex ?? (isSibling ? ctx.mapIndex : undefined);
  const found = await client.results({
    dispatchId: ctx.dispatch.dispatchId,
    taskId,
    from: 0,
    limit: MOST,
    ...(key !== RESULT_KEY && { key }),
    ...(mapIndex !== undefined && { mapIndex }),
  });
  const values = await Promise.all(found.map((value) => readStored(value, blobs)));
  return mapIndex === undefined && (scope !== undefined || values.length > 1) ? values : values[0];
}

/** The mapped group around a task, or "own" when the task itself is mapped; undefined when nothing is. */
function scopeOf({ tasks, groups }: Graph, taskId: string): number | "own" | undefined {
  const task = tasks.find((one) => one.taskId === taskId);
  if (task?.each) return "own";
  for (let group = task?.group; group !== undefined; group = groups[group].parent) if (groups[group].each) return group;
  return undefined;
}
