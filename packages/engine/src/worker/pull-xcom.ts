import type { Dispatch, Graph } from "@millrace/core";
import { readStored } from "./stored-values.ts";
import type { WorkerTools } from "./worker-tools.ts";

const RESULT_KEY = "return_value";
const MOST = 100_000;
const NO_TASKS: Pick<Graph, "tasks" | "groups"> = { tasks: [], groups: [] };

/** The try that pulls. */
export interface PullingTry {
  readonly taskId: string;
  readonly mapIndex: number;
  readonly dispatch: Pick<Dispatch, "dispatchId" | "dagId" | "run">;
  readonly parts: {
    readonly dag: { readonly graph: Graph };
    readonly tools: Pick<WorkerTools, "client" | "blobs">;
  };
}

/** Which value of which task: of the run, of another DAG's run with the same logical date, or of an earlier one. */
export interface XComQuestion {
  readonly taskId: string;
  /** Default: the result. */
  readonly key?: string;
  readonly mapIndex?: number;
  /** Default: the own DAG. */
  readonly dagId?: string;
  /** Default false. */
  readonly includePriorDates?: boolean;
}

/**
 * The value of another task, `undefined` when it has none. Of a mapped task all values as a list, however many there are; inside a
 * mapped group, of a task of the same group, that of the same index.
 */
export async function pullXCom(ctx: PullingTry, question: XComQuestion): Promise<unknown> {
  const { taskId, key = RESULT_KEY } = question;
  const { client, blobs } = ctx.parts.tools;
  const { dispatchId, dagId: own } = ctx.dispatch;
  const { dagId = own, includePriorDates = false } = question;
  const graph = dagId === own ? ctx.parts.dag.graph : NO_TASKS;
  const scope = scopeOf(graph, taskId);
  const isSibling = typeof scope === "number" && scope === scopeOf(graph, ctx.taskId);
  const mapIndex = question.mapIndex ?? (isSibling ? ctx.mapIndex : undefined);
  const asked = { dispatchId, taskId, ...(key !== RESULT_KEY && { key }), ...(mapIndex !== undefined && { mapIndex }) };
  if (dagId === own && !includePriorDates) {
    const found = await client.results({ ...asked, from: 0, limit: MOST });
    const values = await Promise.all(found.map((value) => readStored(value, blobs)));
    return mapIndex === undefined && (scope !== undefined || values.length > 1) ? values : values[0];
  }
  const { logicalDate } = ctx.dispatch.run;
  const found = await client.datedResults({ ...asked, dagId, logicalDate, orBefore: includePriorDates });
  // An answer that crossed IPC has null in place of undefined.
  const values = await Promise.all((found?.values ?? []).map((value) => readStored(value, blobs)));
  return mapIndex === undefined && found?.isMapped ? values : values[0];
}

/** The mapped group around a task, or "own" when the task itself is mapped; undefined when nothing is. */
function scopeOf({ tasks, groups }: Pick<Graph, "tasks" | "groups">, taskId: string): number | "own" | undefined {
  const task = tasks.find((one) => one.taskId === taskId);
  if (task?.each) return "own";
  for (let group = task?.group; group !== undefined; group = groups[group].parent) if (groups[group].each) return group;
  return undefined;
}
