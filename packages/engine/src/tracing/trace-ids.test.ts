import { expect, test } from "vitest";
import { isSampled, runSpanId, traceIdOf, trySpanId } from "./trace-ids.ts";

const RUN = { dagId: "d", runKey: "manual__1", runId: 7 };

test("a run has one trace wherever it is asked for, and another system another one", () => {
  const traceId = traceIdOf(RUN, "staging");
  expect(traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(traceIdOf({ ...RUN }, "staging")).toBe(traceId);
  expect(new Set([traceId, traceIdOf(RUN, "production"), traceIdOf({ ...RUN, runId: 8 }, "staging")]).size).toBe(3);
  const spans = [
    runSpanId(traceId, 0),
    runSpanId(traceId, 1),
    trySpanId(traceId, "7/t/-1/1"),
    trySpanId(traceId, "7/t/-1/2"),
  ];
  expect(new Set(spans).size).toBe(4);
  expect(spans.every((span) => /^[0-9a-f]{16}$/.test(span))).toBe(true);
});

test("about as many traces are kept as the ratio says, all or none at its ends", () => {
  const traces = Array.from({ length: 2_000 }, (_, runId) => traceIdOf({ ...RUN, runId }, "s"));
  const kept = (ratio: number): number => traces.filter((traceId) => isSampled(traceId, ratio)).length;
  expect([kept(0), kept(1)]).toEqual([0, 2_000]);
  expect(kept(0.25)).toBeGreaterThan(400);
  expect(kept(0.25)).toBeLessThan(600);
});
