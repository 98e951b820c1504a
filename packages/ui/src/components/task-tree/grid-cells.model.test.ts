import { expect, test } from "vitest";
import { barHeights, makeCellBook, sharesOf, squareOf, weightiestState } from "./grid-cells.model.ts";

test("one failure among successes speaks for all; running counts more than waiting", () => {
  expect(weightiestState({ success: 99, failed: 1 })).toBe("failed");
  expect(weightiestState({ queued: 5, running: 1, success: 3 })).toBe("running");
  expect(weightiestState({})).toBe("none");
});

test("cells of a group add up, from the first start to the last end", () => {
  const square = squareOf([
    {
      taskId: "a",
      counts: { success: 2 },
      startedAt: "2026-01-01T00:00:05Z",
      endedAt: "2026-01-01T00:00:09Z",
      tries: 1,
    },
    { taskId: "b", counts: { success: 1, skipped: 1 }, startedAt: "2026-01-01T00:00:01Z", tries: 3 },
  ]);
  expect(square).toEqual({
    state: "success",
    counts: { success: 3, skipped: 1 },
    total: 4,
    tries: 3,
    startedAt: "2026-01-01T00:00:01Z",
    endedAt: "2026-01-01T00:00:09Z",
  });
  expect(squareOf([])).toBeUndefined();
});

test("shares of states are drawn only when there are several, and a rare failure keeps a visible one", () => {
  expect(sharesOf({ success: 10 })).toBeUndefined();
  expect(sharesOf({ success: 999, failed: 1 })).toBe(
    "linear-gradient(to top, var(--state-failed) 0% 12%, var(--state-success) 12% 100%)",
  );
});

test("a later answer takes the place of an earlier one, also where a task has none any more", () => {
  const book = makeCellBook();
  const cell = (taskId: string) => ({ taskId, counts: { success: 1 }, tries: 1 });
  book.keep(0, [{ runId: 7, cells: [cell("a"), cell("b")] }]);
  book.keep(1, [{ runId: 7, cells: [cell("z")] }]);
  book.keep(0, [{ runId: 7, cells: [cell("b")] }]);
  expect(book.find(7, 0, "a")).toBeUndefined();
  expect(book.find(7, 0, "b")?.counts).toEqual({ success: 1 });
  expect(book.find(7, 1, "z")).toBeDefined();
  expect([book.has(7, 1), book.has(8, 0)]).toEqual([true, false]);
});

test("bars of runs are as high as they are long; a run that goes on counts until now", () => {
  const at = (seconds: number): string => new Date(seconds * 1_000).toISOString();
  const heights = barHeights(
    [
      { state: "success", startedAt: at(0), endedAt: at(50) },
      { state: "running", startedAt: at(0) },
      { state: "queued" },
    ],
    100_000,
  );
  expect(heights).toEqual([0.5, 1, 0.04]);
});
