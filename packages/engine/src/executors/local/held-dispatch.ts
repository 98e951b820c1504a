import type { Cause, Dispatch, LogRef, Micros, Report } from "@millrace/core";
import type { WorkerExit, WorkerProcess } from "./worker-process.ts";

/** A dispatch that an executor has not reported the end of. */
export interface HeldDispatch {
  readonly dispatch: Dispatch;
  /** Absent while it waits for a free place. */
  worker?: WorkerProcess;
  handedAt: Micros;
  handedAtMs: number;
  stopped?: { readonly atMs: number; readonly reason: string; readonly shutdown: boolean };
}

/** Runs in a process of its own: nothing it does can hurt another try. */
export function runsAlone(dispatch: Dispatch): boolean {
  return dispatch.isolation === "process" || dispatch.singleAttempt || dispatch.suspect;
}

/** Monotonic milliseconds when the try should long have ended: its stop or its timeout, plus the grace. Infinity when it may run on. */
export function overdueAtMs(held: HeldDispatch, graceMs: number): number {
  if (held.stopped !== undefined) return held.stopped.atMs + graceMs;
  const { executionTimeoutMicros: timeout, tryStartedAt = held.handedAt } = held.dispatch;
  if (timeout === undefined) return Number.POSITIVE_INFINITY;
  const left = Math.max(0, tryStartedAt + timeout - held.handedAt);
  return held.handedAtMs + left / 1_000 + graceMs;
}

/** What to report of a try whose process has ended: its own end when it had outlived its time, otherwise that it was lost (R8). */
export function reportOfDeath(
  held: HeldDispatch,
  death: {
    readonly exit: WorkerExit;
    readonly killedFor?: string;
    readonly alone: boolean;
    readonly wasReady: boolean;
    readonly workerId: string;
    readonly nowMs: number;
    readonly now: Micros;
    readonly log?: LogRef;
  },
): Report {
  const { dispatch } = held;
  const base = {
    dispatchId: dispatch.dispatchId,
    runId: dispatch.run.runId,
    ...(death.log === undefined ? {} : { log: death.log }),
  };
  const shutdown = held.stopped?.shutdown === true;
  if (!shutdown && overdueAtMs(held, 0) <= death.nowMs) {
    const timedOut = held.stopped === undefined;
    const why = timedOut
      ? `ran longer than its execution timeout of ${(dispatch.executionTimeoutMicros as number) / 1_000_000} s`
      : `was stopped: ${held.stopped?.reason}`;
    const cause: Cause = {
      code: timedOut ? "TIMEOUT" : "STOPPED",
      message: `the try ${why}, and its process had to be killed (${describeDeath(death.exit, death.killedFor)})`,
    };
    return {
      kind: "ended",
      ...base,
      workerId: death.workerId,
      startedAt: held.handedAt,
      endedAt: death.now,
      outcome: { kind: "failed", cause, retry: "policy", ...(timedOut ? { timedOut } : {}) },
    };
  }
  const cause: Cause = shutdown
    ? { code: "SHUTDOWN", message: "Millrace was stopped before this try had ended" }
    : { code: "PROCESS_DIED", message: `its worker process died: ${describeDeath(death.exit, death.killedFor)}` };
  return {
    kind: "lost",
    ...base,
    cause,
    mayHaveRun: death.wasReady,
    guilty: death.alone && death.wasReady && !shutdown,
    ...(shutdown && { blameless: true }),
  };
}

/** Exit code or signal, why it was killed, and the last lines that it wrote, without the frames of a native stack. */
function describeDeath(exit: WorkerExit, killedFor: string | undefined): string {
  const isFull = /heap limit|heap out of memory/i.test(exit.output);
  const how = killedFor ?? (exit.signal !== null ? `signal ${exit.signal}` : `exit code ${exit.code ?? "unknown"}`);
  const lines = exit.output.split("\n").filter((line) => line.trim() !== "" && !/^\s*\d+: 0x|^-+ .* -+$/.test(line));
  const last = lines.slice(-8).join("\n").slice(-1_500);
  return `${isFull ? "out of memory (its heap is full, see memoryMb), " : ""}${how}${last === "" ? "" : `; it last wrote:\n${last}`}`;
}
