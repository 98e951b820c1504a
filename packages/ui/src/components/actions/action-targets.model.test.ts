import { expect, test } from "vitest";
import {
  groupInstances,
  PLAIN_SELECTION,
  withOptions,
  type InstanceTarget,
  type RunTarget,
} from "./action-targets.model.ts";

const aRun = (runId: number): RunTarget => ({
  runId,
  dagId: "orders",
  runKey: `run-${runId}`,
  state: "failed",
  logicalDate: "2026-01-01T00:00:00Z",
  dagVersion: 1,
});

const anInstance = (runId: number, taskId: string, mapIndex = -1): InstanceTarget => ({
  run: aRun(runId),
  taskId,
  mapIndex,
  state: "failed",
});

test("instances of several runs become one part for each run", () => {
  const parts = groupInstances([anInstance(1, "a"), anInstance(2, "a"), anInstance(1, "b")]);
  expect(parts.map(({ run, selectors }) => [run.runId, selectors])).toEqual([
    [1, [{ taskIds: ["a", "b"] }]],
    [2, [{ taskIds: ["a"] }]],
  ]);
});

test("mapped tasks share a selector only when exactly the same indexes are meant", () => {
  const [part] = groupInstances([
    anInstance(1, "m", 3),
    anInstance(1, "m", 1),
    anInstance(1, "n", 1),
    anInstance(1, "n", 3),
    anInstance(1, "o", 1),
    anInstance(1, "plain"),
  ]);
  expect(part?.selectors).toEqual([
    { taskIds: ["plain"] },
    { taskIds: ["m", "n"], mapIndexes: [1, 3] },
    { taskIds: ["o"], mapIndexes: [1] },
  ]);
});

test("a whole run is not widened up or downstream, but can be narrowed", () => {
  const wide = { upstream: true, downstream: true, only: "failed" } as const;
  expect(withOptions({}, wide)).toEqual({ onlyFailed: true });
  expect(withOptions({ taskIds: ["a"] }, wide)).toEqual({
    taskIds: ["a"],
    upstream: true,
    downstream: true,
    onlyFailed: true,
  });
  expect(withOptions({ taskIds: ["a"] }, PLAIN_SELECTION)).toEqual({ taskIds: ["a"] });
});
