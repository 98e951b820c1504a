// R9. The body of a task with `singleAttempt` is entered only after the engine has said that `running` is committed.
import {
  decodeValue,
  MillraceError,
  readSignal,
  resolveValues,
  runCallback,
  type Body,
  type BuiltDag,
  type CallbackContext,
  type Dispatch,
  type GraphTask,
  type Outcome,
} from "@millrace/core";
import { deferBody } from "./defer-body.ts";
import { valueSources } from "./dispatch-values.ts";
import { EngineReads } from "./engine-reads.ts";
import { causeOf } from "./outcome-of.ts";
import { outcomeOfResult } from "./outcome-of-result.ts";
import { pullXCom } from "./pull-xcom.ts";
import { createRenderer } from "./render-templates.ts";
import { renderedFields } from "./rendered-fields.ts";
import { runSensor } from "./run-sensor.ts";
import { readResume, type RunningBody, type TryAround } from "./running-body.ts";
import { maskSecrets } from "./secret-mask.ts";
import { RunContextParts, TryContext } from "./try-context.ts";
import { writeLine } from "./try-scope.ts";

/** Runs one dispatch to its end. Throws what its code throws; the caller turns that into an outcome. */
export async function runTry(dispatch: Dispatch, around: TryAround): Promise<Outcome> {
  const { tools, scope } = around;
  const dag = tools.bundles.find(dispatch) ?? (await tools.bundles.load(dispatch));
  const { task, body } = codeOf(dag, dispatch);
  const ctx = new TryContext(dispatch, {
    run: dispatch.run,
    dagId: dispatch.dagId,
    dag,
    task,
    scope,
    tools,
    reads: new EngineReads(dispatch.dispatchId, tools),
  });
  Object.assign(
    ctx,
    createRenderer(ctx, {
      taskInstance: {
        taskId: ctx.taskId,
        tryNumber: ctx.tryNumber,
        maxTries: dispatch.maxTries,
        mapIndex: ctx.mapIndex,
      },
      item: () => ctx.item,
      ...(dispatch.expandedCount !== undefined && { expandedCount: dispatch.expandedCount }),
      ...(dispatch.isTest && { isTest: true }),
      triggeringEvents: ctx.assets.triggering,
      assets: ctx,
      xcom: (question) => pullXCom(ctx, question),
    }),
  );
  const running: RunningBody = { dispatch, dag, task, body, ctx, around, resume: readResume(dispatch.resume) };
  const { deferred, event, state } = running.resume;
  if (deferred) ctx.resumed = { event: event && decodeValue(event), state };
  const sources = valueSources(dispatch, { body, task, ctx, tools });
  if (dispatch.items !== undefined) ctx.item = await itemsOf(dispatch, sources);
  const values = await resolveValues(body, sources);
  if (body.isOperator) maskSecrets(body.values, tools.secrets);
  const rendered =
    body.isOperator && task.templated.length > 0
      ? renderedFields(values, task.templated, tools.secrets.mask)
      : undefined;
  if (rendered !== undefined) around.details.rendered = rendered;
  if (dispatch.singleAttempt) await around.whenCommitted();
  scope.controller.signal.throwIfAborted();
  if (dispatch.resume === undefined) {
    const skipped = await skippedByCondition(running);
    if (skipped) return skipped;
    await callOnExecute(running);
    await body.preExecute?.(ctx);
  }
  try {
    return task.kind === "sensor" ? await runSensor(running, values) : await runBody(running, values);
  } finally {
    if (body.mapName !== undefined && dispatch.mapIndex >= 0) await nameInstance(running, body.mapName);
  }
}

function codeOf(dag: BuiltDag, dispatch: Dispatch): { readonly task: GraphTask; readonly body: Body } {
  const body = dag.bodies.get(dispatch.taskId);
  const task = dag.graph.tasks.find((one) => one.taskId === dispatch.taskId);
  if (body === undefined || task === undefined)
    throw new MillraceError(
      "BUNDLE_BROKEN",
      `version ${dispatch.dagVersion} of ${dispatch.dagId} has no task ${dispatch.taskId} in its bundle`,
    );
  return { task, body };
}

async function itemsOf(dispatch: Dispatch, sources: ReturnType<typeof valueSources>): Promise<Record<string, unknown>> {
  const names = Object.keys(dispatch.items ?? {});
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await sources.item(name)] as const)));
}

async function skippedByCondition({ body, ctx }: RunningBody): Promise<Outcome | undefined> {
  const skipped = (message: string): Outcome => ({ kind: "skipped", cause: { code: "SKIPPED", message } });
  if (body.runIf && !(await body.runIf(ctx))) return skipped("its runIf said no");
  return body.skipIf && (await body.skipIf(ctx)) ? skipped("its skipIf said yes") : undefined;
}

/** A callback never changes a state: what it throws goes to the log. */
async function callOnExecute({ body, ctx, around }: RunningBody): Promise<void> {
  for (const callback of body.callbacks.execute) {
    try {
      await runCallback(callback, callbackContext(ctx));
    } catch (error) {
      const cause = causeOf(error);
      writeLine(around.scope, {
        level: "error",
        source: "millrace",
        msg: `onExecute failed: ${cause.stack ?? cause.message}`,
      });
    }
  }
}

function callbackContext(ctx: TryContext): CallbackContext {
  const { taskId, mapIndex, tryNumber, maxTries, render } = ctx;
  const known = { taskId, mapIndex, tryNumber, maxTries, render, event: "execute" as const, state: "running" };
  return Object.assign(new RunContextParts(ctx.parts), known);
}

async function runBody(running: RunningBody, values: Readonly<Record<string, unknown>>): Promise<Outcome> {
  const { body, ctx } = running;
  for (;;) {
    try {
      return await outcomeOfResult(running, await body.run(values, ctx));
    } catch (error) {
      const signal = readSignal(error);
      if (signal?.kind !== "defer") throw error;
      const outcome = await deferBody(running, signal.request);
      if (outcome !== undefined) return outcome;
    }
  }
}

async function nameInstance({ ctx, around }: RunningBody, mapName: string): Promise<void> {
  try {
    around.details.mapName = (await ctx.render(mapName)).slice(0, 250);
  } catch (error) {
    // A name is for people only: a wrong template must not fail what has succeeded.
    writeLine(around.scope, { level: "warn", source: "millrace", msg: `mapName: ${causeOf(error).message}` });
  }
}
