import { expect, test } from "vitest";
import { barsOf, type BarRun } from "./run-bars.model.ts";

const START = "2026-01-01T00:00:00.000Z";
const aRun = (runId: number, seconds?: number): BarRun => ({
  runId,
  runKey: `run-${runId}`,
  state: "success",
  logicalDate: START,
  startedAt: START,
  ...(seconds !== undefined && { endedAt: new Date(Date.parse(START) + seconds * 1_000).toISOString() }),
});
const NOW = Date.parse(START) + 100_000;

test("bars stand oldest first, and the longest is as high as there is room", () => {
  const bars = barsOf([aRun(3, 10), aRun(2, 20), aRun(1, 15)], NOW);
  expect(bars.map(({ run, height }) => [run.runId, height])).toEqual([
    [1, 0.75],
    [2, 1],
    [3, 0.5],
  ]);
});

test("a run that goes on lasts until now, one that has not begun has no duration", () => {
  const { startedAt: _, ...waiting } = aRun(2);
  expect(barsOf([waiting, aRun(1)], NOW).map(({ seconds }) => seconds)).toEqual([100, undefined]);
});

test("no bar is too low to be pointed at", () => {
  expect(barsOf([aRun(2, 1_000), aRun(1, 1)], NOW).map(({ height }) => height)).toEqual([0.2, 1]);
  expect(barsOf([aRun(1, 0)], NOW).map(({ height }) => height)).toEqual([0.2]);
});
