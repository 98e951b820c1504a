import type { GraphSensor } from "@millrace/core";
import { expect, test } from "vitest";
import { sensorWait } from "./sensor-wait.ts";

const S = 1_000_000;
const aSensor = (over: Partial<GraphSensor> = {}): GraphSensor => ({
  mode: "poke",
  everyMicros: 60 * S,
  timeoutMicros: 3_600 * S,
  softFail: false,
  exponentialBackoff: false,
  ...over,
});

test("a sensor looks again after its interval", () => {
  expect(sensorWait(aSensor(), { now: 100 * S, firstLookAt: 0, looks: 2 })).toEqual({
    kind: "again",
    afterMicros: 60 * S,
  });
});

test("the last look comes exactly at the timeout, then it has timed out", () => {
  expect(sensorWait(aSensor(), { now: 3_590 * S, firstLookAt: 0, looks: 60 })).toEqual({
    kind: "again",
    afterMicros: 10 * S,
  });
  expect(sensorWait(aSensor(), { now: 3_600 * S, firstLookAt: 0, looks: 61 })).toEqual({ kind: "timedOut" });
});

test("with backoff the wait doubles up to its cap", () => {
  const sensor = aSensor({ exponentialBackoff: true, maxWaitMicros: 300 * S });
  const waits = [1, 2, 3, 4, 50].map((looks) => sensorWait(sensor, { now: 0, firstLookAt: 0, looks }));
  expect(waits).toEqual([60, 120, 240, 300, 300].map((seconds) => ({ kind: "again", afterMicros: seconds * S })));
});
