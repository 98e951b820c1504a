import type { GraphSensor, Outcome } from "@millrace/core";
import { outcomeOfError } from "./outcome-of.ts";

/**
 * What follows when a look of a sensor threw. An ordinary error is retried while the sensor's time lasts; `silentFail` looks again in the same
 * try instead. What is final (a permanent failure, a timeout) is a skip with `softFail`; any failure is one with `neverFail`.
 *
 * @param at.timedOut the try ran into its execution timeout. @param at.isOver the sensor's own time is over.
 * @returns undefined to look again.
 */
export function afterFailedLook(
  sensor: GraphSensor,
  error: unknown,
  at: { readonly timedOut: boolean; readonly isOver: boolean },
): Outcome | undefined {
  const outcome = outcomeOfError(error);
  if (outcome.kind !== "failed") return outcome;
  const { cause } = outcome;
  if (outcome.retry === "never" || at.timedOut)
    return sensor.softFail || sensor.neverFail ? { kind: "skipped", cause } : outcome;
  if (sensor.silentFail) return undefined;
  if (sensor.neverFail) return { kind: "skipped", cause };
  if (!at.isOver) return outcome;
  const message = `its time of ${sensor.timeoutMicros / 1_000_000} s is over, and the last look failed: ${cause.message}`;
  const late = { ...cause, code: "SENSOR_TIMEOUT", message };
  return sensor.softFail
    ? { kind: "skipped", cause: late }
    : { kind: "failed", cause: late, retry: "never", timedOut: true };
}
