import {
  encodeValue,
  MillraceError,
  parseDuration,
  parseInstant,
  type DeferRequest,
  type Duration,
  type Micros,
  type Outcome,
} from "@millrace/core";
import { pause } from "./pause.ts";
import type { Resume, RunningBody } from "./running-body.ts";

type TimeRequest = Exclude<DeferRequest, { readonly trigger: string }>;
/** How long a trigger may wait, and what is thrown then. */
interface TriggerLimit {
  readonly micros: Micros;
  readonly error: Error;
}

type TriggerRequest = Extract<DeferRequest, { readonly trigger: string }>;

/** @returns undefined when a code trigger has returned to a try that kept its slot: its body is to be called again. */
export async function deferBody(running: RunningBody, request: DeferRequest): Promise<Outcome | undefined> {
  if ("trigger" in request) return await awaitTrigger(running, request);
  const resume: Resume = { deferred: true, state: request.state };
  return {
    kind: "defer",
    afterMicros: waitOf(request, running.around.tools.clock.now()),
    resume: JSON.stringify(resume),
  };
}

/**
 * Waits for a code trigger without a slot.
 *
 * @param more.resume what is kept beside the request's own state. @param more.limit a bound that is not the request's own, and what is thrown at it.
 * @returns as {@link deferBody}. @throws what the trigger throws; MillraceError TIMEOUT when it did not return within the request's timeout.
 */
export async function awaitTrigger(
  running: RunningBody,
  request: TriggerRequest,
  { resume, limit }: { readonly resume?: Resume; readonly limit?: TriggerLimit } = {},
): Promise<Outcome | undefined> {
  const { ctx, around, body } = running;
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
    if (request.timeout !== undefined) waits.push(throwAfter(ownLimit(request.trigger, request.timeout), signal));
    if (limit !== undefined) waits.push(throwAfter(limit, signal));
    ctx.resumed = { event: await Promise.race(waits), state: request.state };
  } finally {
    ended.abort(new Error(`the trigger ${request.trigger} is no longer waited for`));
    around.setWaiting(false);
  }
  if (!gaveSlotBack) return undefined;
  const { event, state } = ctx.resumed;
  const kept: Resume = {
    ...resume,
    deferred: true,
    state,
    event: encodeValue(event, { name: `the event of ${request.trigger}` }),
  };
  return { kind: "defer", afterMicros: 0, resume: JSON.stringify(kept) };
}

/** How long a wait for a time lasts from `now` on. */
export function waitOf(request: TimeRequest, now: Micros): Micros {
  return Math.max(0, "until" in request ? parseInstant(request.until) - now : parseDuration(request.for));
}

function failOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }),
  );
}

async function throwAfter({ micros, error }: TriggerLimit, signal: AbortSignal): Promise<never> {
  await pause(micros / 1_000, signal);
  throw error;
}

function ownLimit(trigger: string, timeout: Duration): TriggerLimit {
  const micros = parseDuration(timeout);
  const message = `the trigger ${trigger} did not return within ${micros / 1_000_000} s`;
  return { micros, error: new MillraceError("TIMEOUT", message) };
}
