import { expect, test } from "vitest";
import { Permanent, RetryAfter, Skip, type GraphSensor } from "@millrace/core";
import { afterFailedLook } from "./failed-look.ts";

const SENSOR: GraphSensor = {
  mode: "poke",
  everyMicros: 1,
  timeoutMicros: 60_000_000,
  softFail: false,
  exponentialBackoff: false,
};
const IN_TIME = { timedOut: false, isOver: false };
const after = (options: Partial<GraphSensor>, error: unknown, at: Partial<typeof IN_TIME> = {}): unknown => {
  const outcome = afterFailedLook({ ...SENSOR, ...options }, error, { ...IN_TIME, ...at });
  if (outcome === undefined) return "looks again";
  return outcome.kind === "failed" ? `failed, retry ${outcome.retry}` : outcome.kind;
};

test.each([
  [{}, "failed, retry policy", "failed, retry never", "failed, retry policy"],
  [{ softFail: true }, "failed, retry policy", "skipped", "skipped"],
  [{ neverFail: true }, "skipped", "skipped", "skipped"],
  [{ silentFail: true }, "looks again", "failed, retry never", "failed, retry policy"],
  [{ silentFail: true, softFail: true }, "looks again", "skipped", "skipped"],
] as const)("with %o: an error, a permanent failure, an execution timeout", (options, error, permanent, timeout) => {
  expect(after(options, new Error("down"))).toBe(error);
  expect(after(options, new Permanent("gone"))).toBe(permanent);
  expect(after(options, new Error("aborted"), { timedOut: true })).toBe(timeout);
});

test("an error after the sensor's time is final, and names both", () => {
  expect(afterFailedLook(SENSOR, new Error("down"), { timedOut: false, isOver: true })).toMatchObject({
    kind: "failed",
    retry: "never",
    cause: { code: "SENSOR_TIMEOUT", message: "its time of 60 s is over, and the last look failed: Error: down" },
  });
  expect(after({ softFail: true }, new Error("down"), { isOver: true })).toBe("skipped");
});

test("a skip is a skip, and a delay that the look names is kept", () => {
  expect(after({ silentFail: true }, new Skip())).toBe("skipped");
  expect(after({}, new RetryAfter("3s"))).toBe("failed, retry 3000000");
});
