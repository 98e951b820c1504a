import { expect, test } from "vitest";
import type { RunTarget } from "./action-targets.model.ts";
import { summarisePreviews, touchesByClear, type CommandPreview, type RunPreview } from "./preview-summary.model.ts";

const aRun = (runId: number): RunTarget => ({
  runId,
  dagId: "orders",
  runKey: `run-${runId}`,
  state: "failed",
  logicalDate: "2026-01-01T00:00:00Z",
  dagVersion: 1,
});

const of = (runId: number, ...previews: CommandPreview[]): RunPreview => ({
  run: aRun(runId),
  selectors: [{}],
  previews,
});
const change = (taskId: string, mapIndex = -1): CommandPreview["instances"][number] => ({
  taskId,
  mapIndex,
  from: "failed",
  to: "none",
});

/** What the server says of instances, of which it lists at most `limit`. */
function seen(
  instances: readonly CommandPreview["instances"][number][],
  { limit = Infinity, ...more }: Partial<Pick<CommandPreview, "run" | "version">> & { readonly limit?: number } = {},
): CommandPreview {
  const changes = instances.map(({ from, to }) => ({ from, to, count: 1 }));
  return { instances: instances.slice(0, limit), total: instances.length, changes, ...more };
}

test("counts each instance once, by the state that it is in and by the one that it would be in", () => {
  const summary = summarisePreviews([
    of(1, seen([change("a"), change("b", 0)]), seen([change("a")])),
    of(2, seen([{ ...change("a"), from: null }])),
  ]);
  expect(summary.rows).toHaveLength(3);
  expect(summary).toMatchObject({ total: 3, made: 1 });
  expect(summary.fromCounts).toEqual({ failed: 2, none: 1 });
  expect(summary.toCounts).toEqual({ none: 3 });
});

test("counts all of a large run, of which the first instances are listed", () => {
  const many = Array.from({ length: 50 }, (_, mapIndex) => change("a", mapIndex));
  const summary = summarisePreviews([of(1, seen(many, { limit: 10 })), of(2, seen([], { version: 2 }))]);
  expect(summary.rows).toHaveLength(10);
  expect(summary).toMatchObject({ total: 50, made: 0, fromCounts: { failed: 50 }, toCounts: { none: 50 } });
  const [unlisted] = summarisePreviews([of(1, seen(many, { limit: 0 }))], touchesByClear).touched;
  expect(unlisted.run.runId).toBe(1);
});

test("tells apart runs that change, runs that do not, and runs that are refused", () => {
  const refusal = new Error("no");
  const summary = summarisePreviews([
    of(1, seen([])),
    of(2, seen([], { run: { from: "failed", to: "queued" } })),
    of(3, seen([], { version: 5 })),
    { ...of(4), error: refusal },
  ]);
  const ids = (list: readonly RunPreview[]): readonly number[] => list.map(({ run }) => run.runId);
  expect([ids(summary.touched), ids(summary.untouched), ids(summary.refused)]).toEqual([[2, 3], [1], [4]]);
  expect(summary.moved).toEqual([{ run: aRun(3), version: 5 }]);
  expect(summary.runChanges).toEqual([{ run: aRun(2), from: "failed", to: "queued" }]);
});

test("a run that would only go on, without any of its instances being cleared, is left alone where that is not meant", () => {
  const previews = [
    of(1, seen([change("a")], { run: { from: "failed", to: "queued" } })),
    of(2, seen([], { run: { from: "success", to: "queued" } })),
    of(3, seen([{ ...change("new"), from: null }], { version: 2 })),
  ];
  const summary = summarisePreviews(previews, touchesByClear);
  expect(summary.touched.map(({ run }) => run.runId)).toEqual([1]);
  expect([summary.rows.length, summary.runChanges.length, summary.moved.length]).toEqual([1, 1, 0]);
  expect(summarisePreviews(previews).touched).toHaveLength(3);
});
