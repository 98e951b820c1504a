import { expect, test } from "vitest";
import { progressOf } from "./progress.model.ts";

test("instances that only a person can let run again are done", () => {
  const counts = { success: 5, failed: 1, skipped: 1, upstream_failed: 2, running: 3, scheduled: 4, up_for_retry: 1 };
  expect(progressOf(counts)).toEqual({ done: 9, all: 17 });
});

test("removed instances count for nothing", () => {
  expect(progressOf({ removed: 3, success: 1 })).toEqual({ done: 1, all: 1 });
  expect(progressOf({})).toEqual({ done: 0, all: 0 });
});
