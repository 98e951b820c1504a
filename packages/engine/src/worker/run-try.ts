// R9. The body of a task with `singleAttempt` is entered only after the engine has said that `running` is committed.
import {
  decodeValue,
  encodeValue,
  isSkip,
  MillraceError,
  parseDuration,
  parseInstant,
  readSignal,
  resolveValues,
  runCallback,
  type Body,
  type BuiltDag,
  type CallbackContext,
  type DeferRequest,
  type Dispatch,
  type EncodedValue,
  type GraphSensor,
  type GraphTask,
  type Micros,
  type Outcome,
} from "@millrace/core";
import { EngineReads } from "./engine-reads.ts";
import { valueSources } from "./dispatch-values.ts";
import { afterFailedLook } from "./failed-look.ts";
import { causeOf, outcomeOfError } from "./outcome-of.ts";
import { pause } from "./pause.ts";
import { createRenderer, xcomReader } from "./render-templates.ts";
import { renderedFields } from "./rendered-fields.ts";
import { maskSecrets } from "./secret-mask.ts";
import { sensorWait } from "./sensor-wait.ts";
import { mappedLengthOf, storeValue, type ValueOwner } from "./stored-values.ts";
import { RunContextParts, TryContext } from "./try-context.ts";
import { writeLine, type TryScope } from "./try-scope.ts";
import type { WorkerTools } from "./worker-tools.ts";

/** What a report says of a try beside its outcome. */
export interface TryDetails {
  /** Rendered template fields as JSON text. */
  rendered?: string;
  mapName?: string;
}

/** What a try needs of the process around it. */
export interface TryAround {
  readonly tools: WorkerTools;
  readonly scope: TryScope;
  readonly details: TryDetails;
  /** Resolves when the engine has committed that the try runs. */
  readonly whenCommitted: () => Promise<void>;
  /** Tells that it waits for a code trigger and needs no slot meanwhile. @returns false when it keeps its slot all the same. */
  readonly setWaiting: (waiting: boolean) => boolean;
}

/** State of a sensor or deferral between two dispatches of a try. */
interface Resume {
  readonly looks?: number;
  readonly state?: unknown;
  /** It was a deferral: `ctx.resumed` is set. */
  readonly deferred?: true;
  /** What a code trigger returned. */
  readonly event?: EncodedValue;
}

interface RunningBody {
  readonly dispatch: Dispatch;
  readonly dag: BuiltDag;
  readonly task: GraphTask;
  readonly body: Body;
  readonly ctx: TryContext;
  readonly around: TryAround;
  readonly resume: Resume;
}

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
  ctx.render = createRenderer(ctx, {
    taskInstance: { taskId: ctx.taskId, tryNumber: ctx.tryNumber, maxTries: dispatch.maxTries, mapIndex: ctx.mapIndex },
    item: () => ctx.item,
    triggeringEvents: ctx.assets.triggering,
    xcom: xcomReader(ctx, dispatch.dispatchId),
  });
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
  if (dispatch.resume === undefined) await callOnExecute(running);
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
      const outcome = await defer(running, signal.request);
      if (outcome !== undefined) return outcome;
    }
  }
}

/** @returns undefined when a code trigger has returned to a try that kept its slot: its body is to be called again. */
async function defer(running: RunningBody, request: DeferRequest): Promise<Outcome | undefined> {
  const { ctx, around, body } = running;
  if (!("trigger" in request)) {
    const resume: Resume = { deferred: true, state: request.state };
    return { kind: "defer", afterMicros: waitOf(request, around.tools.clock.now()), resume: JSON.stringify(resume) };
  }
  const trigger = body.triggers[request.trigger];
  if (trigger === undefined)
    throw new MillraceError(
      "BAD_DAG",
      `${running.dispatch.taskId} defers to the trigger ${request.trigger}, which neither its operator nor the task declares under triggers`,
    );
  const ended = new AbortController();
  const signal = AbortSignal.any([ctx.signal, ended.signal]);
  const gaveSlotBack = around.setWaiting(true);
  try {
    const waits = [Promise.resolve(trigger(request.payload as never, { signal })), failOnAbort(signal)];
    if (request.timeout !== undefined) waits.push(timeOut(request.trigger, parseDuration(request.timeout), signal));
    ctx.resumed = { event: await Promise.race(waits), state: request.state };
  } finally {
    ended.abort(new Error(`the trigger ${request.trigger} is no longer waited for`));
    around.setWaiting(false);
  }
  if (!gaveSlotBack) return undefined;
  const { event, state } = ctx.resumed;
  const resume: Resume = {
    deferred: true,
    state,
    event: encodeValue(event, { name: `the event of ${request.trigger}` }),
  };
  return { kind: "defer", afterMicros: 0, resume: JSON.stringify(resume) };
}

function failOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }),
  );
}

async function timeOut(trigger: string, micros: Micros, signal: AbortSignal): Promise<never> {
  await pause(micros / 1_000, signal);
  throw new MillraceError("TIMEOUT", `the trigger ${trigger} did not return within ${micros / 1_000_000} s`);
}

function waitOf(request: Exclude<DeferRequest, { readonly trigger: string }>, now: Micros): number {
  return Math.max(0, "until" in request ? parseInstant(request.until) - now : parseDuration(request.for));
}

async function runSensor(running: RunningBody, values: Readonly<Record<string, unknown>>): Promise<Outcome> {
  const { task, dispatch, around } = running;
  const sensor = task.sensor;
  if (sensor === undefined) throw new MillraceError("BUNDLE_BROKEN", `${task.taskId} is a sensor without its options`);
  const firstLookAt = dispatch.firstStartedAt ?? around.tools.clock.now();
  for (let looks = (running.resume.looks ?? 0) + 1; ; looks += 1) {
    try {
      const found = await running.body.run(values, running.ctx);
      if (found !== false && found !== null && found !== undefined) return await outcomeOfResult(running, found);
    } catch (error) {
      const signal = readSignal(error);
      if (signal?.kind === "defer" && !("trigger" in signal.request))
        return deferSensor(running, signal.request, { sensor, firstLookAt, looks });
      const isOver = firstLookAt + sensor.timeoutMicros <= around.tools.clock.now();
      const outcome = afterFailedLook(sensor, error, { timedOut: hasTimedOut(running), isOver });
      if (outcome !== undefined) return outcome;
      writeLine(around.scope, {
        level: "error",
        source: "millrace",
        msg: `the look failed: ${causeOf(error).message}`,
      });
    }
    const wait = sensorWait(sensor, { now: around.tools.clock.now(), firstLookAt, looks });
    if (wait.kind === "timedOut") return sensorTimedOut(sensor, looks);
    if (sensor.mode !== "poke")
      return { kind: sensor.mode, afterMicros: wait.afterMicros, resume: JSON.stringify({ looks } satisfies Resume) };
    try {
      await pause(wait.afterMicros / 1_000, running.ctx.signal);
    } catch (error) {
      if (!hasTimedOut(running)) throw error;
      return afterFailedLook(sensor, error, { timedOut: true, isOver: false }) ?? outcomeOfError(error);
    }
  }
}

/** True when the try ran into its execution timeout; false also for one that is told to stop. */
function hasTimedOut({ ctx }: RunningBody): boolean {
  return ctx.signal.aborted && (ctx.signal.reason as Error).name === "TimeoutError";
}

/** A look that knows when the next one is worth while: then, or when the sensor's time is over. */
function deferSensor(
  { around }: RunningBody,
  request: Exclude<DeferRequest, { readonly trigger: string }>,
  at: { readonly sensor: GraphSensor; readonly firstLookAt: Micros; readonly looks: number },
): Outcome {
  const { sensor, firstLookAt, looks } = at;
  const now = around.tools.clock.now();
  const left = firstLookAt + sensor.timeoutMicros - now;
  if (left <= 0) return sensorTimedOut(sensor, looks);
  const resume: Resume = { looks, deferred: true, state: request.state };
  return { kind: "defer", afterMicros: Math.min(waitOf(request, now), left), resume: JSON.stringify(resume) };
}

function sensorTimedOut(sensor: GraphSensor, looks: number): Outcome {
  const cause = {
    code: "SENSOR_TIMEOUT",
    message: `what it waits for did not come within ${sensor.timeoutMicros / 1_000_000} s (${looks} looks)`,
  };
  return sensor.softFail || sensor.neverFail
    ? { kind: "skipped", cause }
    : { kind: "failed", cause, retry: "never", timedOut: true };
}

async function outcomeOfResult(running: RunningBody, result: unknown): Promise<Outcome> {
  const { dispatch, task, ctx, around } = running;
  if (isSkip(result)) return { kind: "skipped", cause: { code: "SKIPPED", message: "skipped by its code" } };
  const owner: ValueOwner = { runId: dispatch.run.runId, taskId: dispatch.taskId, mapIndex: dispatch.mapIndex };
  const limits = { ...around.tools.limits, blobs: around.tools.blobs };
  const choice = choiceOf(task, result);
  const length = mappedLengthOf(result, running.body, ctx.pushed);
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

async function nameInstance({ ctx, around }: RunningBody, mapName: string): Promise<void> {
  try {
    around.details.mapName = (await ctx.render(mapName)).slice(0, 250);
  } catch (error) {
    // A name is for people only: a wrong template must not fail what has succeeded.
    writeLine(around.scope, { level: "warn", source: "millrace", msg: `mapName: ${causeOf(error).message}` });
  }
}

function readResume(text: string | undefined): Resume {
  return text === undefined || text === "" ? {} : (JSON.parse(text) as Resume);
}
