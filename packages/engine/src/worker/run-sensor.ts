import {
  MillraceError,
  readSignal,
  type DeferRequest,
  type GraphSensor,
  type Micros,
  type Outcome,
} from "@millrace/core";
import { awaitTrigger, waitOf } from "./defer-body.ts";
import { afterFailedLook } from "./failed-look.ts";
import { causeOf, outcomeOfError } from "./outcome-of.ts";
import { outcomeOfResult } from "./outcome-of-result.ts";
import type { Resume, RunningBody } from "./running-body.ts";
import { sensorWait } from "./sensor-wait.ts";
import { writeLine } from "./try-scope.ts";

/** Where a sensor stands. */
interface Looking {
  readonly sensor: GraphSensor;
  readonly firstLookAt: Micros;
  readonly looks: number;
}

/** Looks until something is found, the sensor's time is over, or its slot is to be given back until the next look. */
export async function runSensor(running: RunningBody, values: Readonly<Record<string, unknown>>): Promise<Outcome> {
  const { task, dispatch, around, ctx } = running;
  const sensor = task.sensor;
  if (sensor === undefined) throw new MillraceError("BUNDLE_BROKEN", `${task.taskId} is a sensor without its options`);
  const firstLookAt = dispatch.firstStartedAt ?? around.tools.clock.now();
  for (let looks = (running.resume.looks ?? 0) + 1; ; looks += 1) {
    const looking: Looking = { sensor, firstLookAt, looks };
    try {
      const outcome = await look(running, values, looking);
      if (outcome === "again") continue;
      if (outcome !== undefined) return outcome;
    } catch (error) {
      const isOver = firstLookAt + sensor.timeoutMicros <= around.tools.clock.now();
      const outcome = afterFailedLook(sensor, error, { timedOut: hasTimedOut(running), isOver });
      if (outcome !== undefined) return outcome;
      writeLine(around.scope, {
        level: "error",
        source: "millrace",
        msg: `the look failed: ${causeOf(error).message}`,
      });
    }
    // What a deferral brought was for one look.
    delete ctx.resumed;
    const wait = sensorWait(sensor, { now: around.tools.clock.now(), firstLookAt, looks });
    if (wait.kind === "timedOut") return sensorTimedOut(sensor, looks);
    if (sensor.mode !== "poke")
      return { kind: sensor.mode, afterMicros: wait.afterMicros, resume: JSON.stringify({ looks } satisfies Resume) };
    try {
      await around.tools.pause(wait.afterMicros / 1_000, ctx.signal);
    } catch (error) {
      if (!hasTimedOut(running)) throw error;
      return afterFailedLook(sensor, error, { timedOut: true, isOver: false }) ?? outcomeOfError(error);
    }
  }
}

/** @returns undefined when it found nothing; "again" when what it waited for has come while it kept its slot. */
async function look(
  running: RunningBody,
  values: Readonly<Record<string, unknown>>,
  looking: Looking,
): Promise<Outcome | "again" | undefined> {
  let request: DeferRequest;
  try {
    const found = await running.body.run(values, running.ctx);
    if (found === false || found === null || found === undefined) return undefined;
    return await outcomeOfResult(running, found);
  } catch (error) {
    const signal = readSignal(error);
    if (signal?.kind !== "defer") throw error;
    request = signal.request;
  }
  return await deferLook(running, request, looking);
}

/** A look that knows when the next one is worth while: then, or when the sensor's time is over. */
async function deferLook(
  running: RunningBody,
  request: DeferRequest,
  { sensor, firstLookAt, looks }: Looking,
): Promise<Outcome | "again"> {
  const now = running.around.tools.clock.now();
  const left = firstLookAt + sensor.timeoutMicros - now;
  if (left <= 0) return sensorTimedOut(sensor, looks);
  if (!("trigger" in request)) {
    const resume: Resume = { looks, deferred: true, state: request.state };
    return { kind: "defer", afterMicros: Math.min(waitOf(request, now), left), resume: JSON.stringify(resume) };
  }
  const isOver = new Error("the sensor's time is over");
  try {
    const limit = { micros: left, error: isOver };
    return (await awaitTrigger(running, request, { resume: { looks }, limit })) ?? "again";
  } catch (error) {
    if (error !== isOver) throw error;
    return sensorTimedOut(sensor, looks);
  }
}

/** True when the try ran into its execution timeout; false also for one that is told to stop. */
function hasTimedOut({ ctx }: RunningBody): boolean {
  return ctx.signal.aborted && (ctx.signal.reason as Error).name === "TimeoutError";
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
