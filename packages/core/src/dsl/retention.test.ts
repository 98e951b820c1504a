import { expect, test } from "vitest";
import { dag } from "./dag.ts";
import type { RetentionOptions } from "./options.ts";

const graphOf = (retention: RetentionOptions): unknown =>
  dag("d", { retention }, ({ task }) => void task("t", () => 1)).graph().dag.retention;

test("what a DAG says about its history is in its graph; what it leaves out is not", () => {
  expect(graphOf({ runs: "30d", maxRuns: 100 })).toEqual({ runsMicros: 2_592_000_000_000, maxRuns: 100 });
  expect(graphOf({ runs: "forever", logs: "12h", maxRunsWithLogs: "all" })).toEqual({
    runsMicros: null,
    logsMicros: 43_200_000_000,
    maxRunsWithLogs: null,
  });
  expect(dag("d", ({ task }) => void task("t", () => 1)).graph().dag).not.toHaveProperty("retention");
});

test.each([
  [{ runs: "30 days" }, "runs"],
  [{ maxRuns: 0 }, "maxRuns"],
  [{ logs: 7 }, "logs"],
  [{ keep: 7 }, "keep is not an option here; the options are runs, maxRuns, logs, maxRunsWithLogs"],
])("%j is refused", (retention, words) => {
  expect(() => graphOf(retention as RetentionOptions)).toThrow(words);
});
