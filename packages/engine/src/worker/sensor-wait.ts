import type { GraphSensor, Micros } from "@millrace/core";

/** What a sensor does after a look that found nothing. */
export type SensorWait = { readonly kind: "again"; readonly afterMicros: number } | { readonly kind: "timedOut" };

/**
 * When a sensor looks again.
 *
 * @param at.looks how many looks there have been. @param at.firstLookAt counted across reschedules and retries: the timeout starts there.
 */
export function sensorWait(
  sensor: GraphSensor,
  at: { readonly now: Micros; readonly firstLookAt: Micros; readonly looks: number },
): SensorWait {
  const left = at.firstLookAt + sensor.timeoutMicros - at.now;
  if (left <= 0) return { kind: "timedOut" };
  const grown = sensor.exponentialBackoff ? sensor.everyMicros * 2 ** Math.min(at.looks - 1, 40) : sensor.everyMicros;
  const wait = Math.min(grown, sensor.maxWaitMicros ?? Number.POSITIVE_INFINITY);
  // One more look exactly at the end, so that a fact that came in time is not missed.
  return { kind: "again", afterMicros: Math.max(1_000, Math.round(Math.min(wait, left))) };
}
