import { isSkip, type GraphTask, type Outcome } from "@millrace/core";
import type { RunningBody } from "./running-body.ts";
import { mappedLengthOf, storeValue, type ValueOwner } from "./stored-values.ts";

/** How a try ended whose code returned `result`: everything that it leaves is stored first. */
export async function outcomeOfResult(running: RunningBody, result: unknown): Promise<Outcome> {
  const { dispatch, task, ctx, around } = running;
  if (isSkip(result)) return { kind: "skipped", cause: { code: "SKIPPED", message: "skipped by its code" } };
  await running.body.postExecute?.(ctx, result);
  const owner: ValueOwner = { runId: dispatch.run.runId, taskId: dispatch.taskId, mapIndex: dispatch.mapIndex };
  const limits = { ...around.tools.limits, blobs: around.tools.blobs };
  const choice = choiceOf(task, result);
  const length = mappedLengthOf(result, running.body, {
    pushed: ctx.pushed,
    maxMapLength: around.tools.rules.maxMapLength,
  });
  const xcoms = [];
  for (const [key, value] of ctx.pushed)
    xcoms.push({
      taskId: owner.taskId,
      mapIndex: owner.mapIndex,
      key,
      value: await storeValue(value, { name: `xcom ${key}`, owner, limits }),
    });
  return {
    kind: "success",
    ...(task.pushesResult && result !== undefined
      ? { result: await storeValue(result, { name: "result", owner, limits }) }
      : {}),
    ...(length === undefined ? {} : { resultLength: length }),
    ...(choice === undefined ? {} : { choice }),
    ...(xcoms.length === 0 ? {} : { xcoms }),
    ...(ctx.attached.size === 0 ? {} : { assets: ctx.assetUpdates() }),
  };
}

/** Branch: the chosen keys. Short circuit: [] when what is downstream is to be skipped. */
function choiceOf(task: GraphTask, result: unknown): readonly string[] | undefined {
  if (task.kind === "shortCircuit") return result ? undefined : [];
  if (task.kind !== "branch") return undefined;
  if (result === null || result === undefined) return [];
  return (Array.isArray(result) ? result : [result]).map(String);
}
