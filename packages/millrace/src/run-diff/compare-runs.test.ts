import type { Graph, GraphTask } from "@millrace/core";
import pc from "picocolors";
import { expect, test } from "vitest";
import { showRunsDiff } from "../cli/output/show-runs-diff.ts";
import { compareRuns, type RunsDiff } from "./compare-runs.ts";
import { diffSource } from "./diff-source.ts";
import type { InstanceSide, RunSide } from "./run-side.ts";

const SECOND = 1_000_000;

function aGraph(tasks: Readonly<Record<string, readonly string[]>>, more: Partial<GraphTask> = {}): Graph {
  const ids = Object.keys(tasks);
  return {
    dagId: "orders",
    dag: { params: {} },
    groups: [],
    tasks: ids.map((taskId) => ({
      taskId,
      ...more,
      inputs: {},
      upstream: tasks[taskId].map((each) => ({ task: ids.indexOf(each), via: "order" })),
    })),
  } as unknown as Graph;
}

function anInstance(taskId: string, more: Partial<InstanceSide> = {}): InstanceSide {
  return { taskId, mapIndex: -1, state: "success", tryNumber: 1, startedAt: 0, endedAt: SECOND, ...more };
}

function aRun(more: Partial<RunSide> = {}): RunSide {
  return {
    dagId: "orders",
    runKey: "a",
    runType: "manual",
    state: "success",
    dagVersion: 1,
    logicalDate: 0,
    startedAt: 0,
    endedAt: SECOND,
    triggeredBy: "user:ada",
    conf: {},
    params: {},
    graph: aGraph({ load: [], clean: ["load"] }),
    instances: [anInstance("load"), anInstance("clean")],
    resultsCut: false,
    ...more,
  };
}

function compare(a: Partial<RunSide>, b: Partial<RunSide>): RunsDiff {
  return compareRuns(aRun(a), aRun(b), { places: 20, instances: 2 });
}

function linesOf(diff: RunsDiff): string {
  return showRunsDiff(diff, pc.createColors(false)).join("\n");
}

test("runs that only took other times are the same", () => {
  const diff = compare({}, { runKey: "b", endedAt: 90 * SECOND, logicalDate: 7, triggeredBy: "schedule" });
  expect(diff).toMatchObject({ same: true, duration: { ratio: 90, standsOut: true } });
  expect(linesOf(diff)).toContain("nothing differs; 2 of 2 tasks are the same");
});

test.each([
  ["the state", { state: "failed" }],
  ["the version", { dagVersion: 2 }],
  ["the conf", { conf: { region: "us" } }],
  ["a param", { params: { region: "us" } }],
  ["a task's state", { instances: [anInstance("load"), anInstance("clean", { state: "skipped" })] }],
  ["a task's tries", { instances: [anInstance("load", { tryNumber: 3 }), anInstance("clean")] }],
  ["a task's result", { instances: [anInstance("load", { result: { json: "1" } }), anInstance("clean")] }],
  ["a task that is missing", { instances: [anInstance("load")] }],
] as const)("%s makes runs differ", (_, change) => {
  expect(compare({}, change as Partial<RunSide>).same).toBe(false);
  expect(compare(change as Partial<RunSide>, change as Partial<RunSide>).same).toBe(true);
});

test("a duration stands out when it is more than twice as long and a second more", () => {
  const took = (seconds: number): Partial<RunSide> => ({ endedAt: seconds * SECOND });
  expect(compare(took(0.1), took(1)).duration.standsOut).toBe(false);
  expect(compare(took(10), took(19)).duration.standsOut).toBe(false);
  expect(compare(took(1), took(2.1)).duration.standsOut).toBe(true);
  expect(compare(took(2.1), took(1)).duration).toMatchObject({ standsOut: true, ratio: 0.48 });
  expect(compare({}, { endedAt: undefined }).duration).toEqual({
    aSeconds: 1,
    bSeconds: null,
    ratio: null,
    standsOut: false,
  });
});

test("of other versions the tasks that were added, removed and changed are named, whatever their place", () => {
  const graph = aGraph({ first: [], load: [], clean: ["load", "first"] });
  const { graph: found } = compare({ graph: aGraph({ load: [], old: [], clean: ["load"] }) }, { dagVersion: 2, graph });
  expect(found).toEqual({
    added: ["first"],
    removed: ["old"],
    changed: [{ taskId: "clean", places: ["upstream.first"] }],
  });
});

test("of a mapped task only the instances that differ are listed, and the others counted", () => {
  const mapped = (states: readonly InstanceSide["state"][]): Partial<RunSide> => ({
    instances: states.map((state, mapIndex) => anInstance("load", { mapIndex, state })),
  });
  const diff = compare(
    mapped(["success", "success", "success", "success"]),
    mapped(["success", "failed", "failed", "failed", "skipped"]),
  );
  expect(diff.tasks[0]).toMatchObject({
    isMapped: true,
    states: { a: { success: 4 }, b: { success: 1, failed: 3, skipped: 1 } },
    instances: [{ mapIndex: 1 }, { mapIndex: 2 }],
    moreInstances: 2,
  });
  expect(linesOf(diff)).toContain("instances 4 success → 3 failed, 1 skipped, 1 success");
  expect(linesOf(diff)).toContain("2 more instances differ");
});

test("the same number of other instances in one state is a difference", () => {
  const at = (failed: number): Partial<RunSide> => ({
    instances: [0, 1].map((mapIndex) =>
      anInstance("load", { mapIndex, state: mapIndex === failed ? "failed" : "success" }),
    ),
  });
  const [task] = compare(at(0), at(1)).tasks;
  expect(task.states.same).toBe(true);
  expect(task.instances.map(({ mapIndex }) => mapIndex)).toEqual([0, 1]);
});

test("results are compared by what is in them, and long ones are cut for people", () => {
  const result = (json: string): Partial<RunSide> => ({ instances: [anInstance("load", { result: { json } })] });
  const diff = compare(result('{"b":[1,2],"a":1}'), result(JSON.stringify({ a: 1, b: [1, 3], note: "x".repeat(500) })));
  expect(diff.tasks[0].instances[0].result.differences.map(({ path }) => path)).toEqual(["$.b[1]", "$.note"]);
  expect(linesOf(diff)).toContain("result    $.b[1]: 2 → 3");
  expect(linesOf(diff)).toContain("… (502 characters)");
});

test("why instances ended is shown where states differ", () => {
  const failed = { instances: [anInstance("load", { state: "upstream_failed", cause: "extract did not succeed" })] };
  expect(linesOf(compare({}, failed))).toContain("cause     none → extract did not succeed");
});

test("lines of a file that differ are shown with three around", () => {
  const text = Array.from({ length: 20 }, (_, line) => `line ${line}`);
  const other = text.with(10, "changed");
  expect(diffSource(text.join("\n"), other.join("\n"))).toEqual([
    "…",
    "  line 7",
    "  line 8",
    "  line 9",
    "- line 10",
    "+ changed",
    "  line 11",
    "  line 12",
    "  line 13",
  ]);
  expect(diffSource("a", "a")).toEqual([]);
});
