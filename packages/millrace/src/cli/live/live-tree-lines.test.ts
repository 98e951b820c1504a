import type { Graph, TaskInstanceSummary, TaskState } from "@millrace/core";
import pc from "picocolors";
import { expect, test } from "vitest";
import { liveTreeLines, type LiveRun } from "./live-tree-lines.ts";

const S = 1_000_000;
const STYLE = { screen: { columns: 80, rows: 24 }, paint: pc.createColors(false), frame: 0, keys: "q stops" };

/** A chain of tasks. */
function graph(...taskIds: readonly string[]): Graph {
  const tasks = taskIds.map((taskId, index) => ({
    taskId,
    upstream: index === 0 ? [] : [{ task: index - 1, via: "data" as const }],
  }));
  return { dagId: "orders", tasks, groups: [] } as unknown as Graph;
}

function instance(taskId: string, state: TaskState, more: Partial<TaskInstanceSummary> = {}): TaskInstanceSummary {
  return { runId: 1, taskId, mapIndex: -1, state, tryNumber: state === "none" ? 0 : 1, maxTries: 0, ...more };
}

function lines(live: Partial<LiveRun>, rows = 24): readonly string[] {
  const run = { runKey: "r", state: "running", startedAt: 0 };
  const whole = { graph: graph("load", "sum"), run, instances: [], now: 5 * S, ...live };
  return liveTreeLines(whole, { ...STYLE, screen: { columns: 80, rows } });
}

test("the head says which run, for how long, and how much of it is done", () => {
  const instances = [instance("load", "success"), instance("sum", "none")];
  expect(lines({ instances })[0]).toBe("⠋ orders r running 5.0 s, 1 of 2 task instances done");
});

test("each task stands below its upstream with its state and time; the keys come last", () => {
  const instances = [
    instance("load", "success", { startedAt: S, endedAt: 2 * S }),
    instance("sum", "running", { startedAt: 2 * S }),
  ];
  expect(lines({ instances }).slice(1)).toEqual(["  ✓ load success 1.0 s", "    ⠋ sum running 3.0 s", "  q stops"]);
});

test("a wait for the next try says which try it was and counts down", () => {
  const waiting = instance("load", "up_for_retry", { maxTries: 2, dueAt: 8.4 * S });
  expect(lines({ instances: [waiting] })[1]).toBe("  ↻ load up_for_retry try 1 of 3 again in 4 s");
  expect(lines({ instances: [waiting], now: 9 * S })[1]).toContain("again now");
});

test("a failure says why, in one line", () => {
  const cause = { code: "TASK_FAILED", message: "Error: no luck\n  at line 3" } as never;
  const failed = instance("load", "failed", { startedAt: 0, endedAt: S, tryNumber: 2, maxTries: 1, cause });
  expect(lines({ instances: [failed] })[1]).toBe("  ✗ load failed 1.0 s try 2 of 2: Error: no luck");
});

test("a mapped task is one line that counts", () => {
  const states: readonly TaskState[] = ["success", "success", "failed", "running", "none"];
  const instances = states.map((state, mapIndex) => instance("load", state, { mapIndex }));
  expect(lines({ instances })[1]).toBe("  ⠋ load 3/5 2 success, 1 failed, 1 running, 1 none");
});

test("what has no room is counted, and what runs or failed is shown first", () => {
  const taskIds = Array.from({ length: 30 }, (_, index) => `t${index}`);
  const instances = taskIds.map((taskId, index) =>
    instance(taskId, index === 29 ? "failed" : index === 20 ? "running" : index < 20 ? "success" : "none"),
  );
  const shown = lines({ graph: graph(...taskIds), instances }, 10);
  expect(shown.length).toBeLessThan(10);
  expect(shown.some((line) => line.includes("t20 running"))).toBe(true);
  expect(shown.some((line) => line.includes("t29 failed"))).toBe(true);
  expect(shown.at(-2)).toMatch(/^ {2}and 24 more: \d+ success, \d+ none$/);
});
