import { expect, test } from "vitest";
import { dag } from "../dsl/dag.ts";
import { compileGraph, type CompiledGraph } from "../graph/compiled-graph.ts";
import { loadRun, type Run } from "../model/run.ts";
import type { TaskState } from "../model/states.ts";
import { preview } from "./preview.ts";

const NOW = 1_760_000_000_000_000;

/** a → b → c, and d alone. */
const chain = compileGraph(
  dag("chain", ({ task }) => {
    const a = task("a", () => 1);
    const b = task("b", { input: { a } }, ({ a }) => a);
    task("c", { input: { b } }, ({ b }) => b);
    task("d", () => 4);
  }).graph(),
);

function aRun(
  states: Readonly<Record<string, TaskState>>,
  compiled: CompiledGraph = chain,
  head: Partial<Run["head"]> = {},
): Run {
  const taskIds = Object.keys(states);
  const row = { mapIndex: -1, tryNumber: 1, maxTries: 0, restarts: 0 };
  return loadRun(
    {
      runId: 7,
      dagId: compiled.graph.dagId,
      runKey: "manual__1",
      runType: "manual",
      dagVersion: 1,
      logicalDate: NOW,
      intervalStart: NOW,
      intervalEnd: NOW,
      runAfter: NOW,
      conf: null,
      triggeredBy: "user:test",
      version: 3,
      state: "failed",
      clearNumber: 0,
      deadlineMissed: false,
      obligations: [],
      ...head,
    },
    compiled,
    taskIds.map((taskId) => ({ ...row, state: states[taskId] })),
    taskIds,
  );
}

const newest = { compiled: chain, dagVersion: 1 };
const failedRun = (): Run => aRun({ a: "success", b: "failed", c: "upstream_failed", d: "success" });

test("clearing a task with everything below it names both and reopens the run", () => {
  const run = failedRun();
  const seen = preview(
    { kind: "clear", runKey: "manual__1", select: { taskIds: ["b"], downstream: true }, version: "same" },
    { now: NOW, newest, run },
  );
  expect(seen).toEqual({
    instances: [
      { taskId: "b", mapIndex: -1, from: "failed", to: "none" },
      { taskId: "c", mapIndex: -1, from: "upstream_failed", to: "none" },
    ],
    run: { from: "failed", to: "queued" },
  });
});

test("a preview leaves the run as it was", () => {
  const run = failedRun();
  preview({ kind: "clear", runKey: "manual__1", select: {}, version: "same" }, { now: NOW, newest, run });
  expect([run.head.state, run.stateOf(1), run.head.version]).toEqual(["failed", "failed", 3]);
});

test("clearing only what failed leaves the successful alone", () => {
  const seen = preview(
    { kind: "clear", runKey: "manual__1", select: { onlyFailed: true }, version: "same" },
    { now: NOW, newest, run: failedRun() },
  );
  expect(seen.instances.map(({ taskId }) => taskId)).toEqual(["b", "c"]);
});

test("a running instance that is cleared restarts", () => {
  const run = aRun({ a: "running", b: "none", c: "none", d: "success" }, chain, { state: "running" });
  const seen = preview(
    { kind: "clear", runKey: "manual__1", select: { taskIds: ["a"] }, version: "same" },
    { now: NOW, newest, run },
  );
  expect(seen).toEqual({ instances: [{ taskId: "a", mapIndex: -1, from: "running", to: "restarting" }] });
});

test("a clear of more instances than one commit takes is shown whole", () => {
  const many = compileGraph(
    dag(
      "many",
      ({ map }) => void map("m", { each: { n: Array.from({ length: 5_000 }, (_, i) => i) } }, ({ n }) => n),
    ).graph(),
  );
  const rows = Array.from({ length: 5_000 }, (_, mapIndex) => ({
    mapIndex,
    state: "success" as const,
    tryNumber: 1,
    maxTries: 0,
    restarts: 0,
  }));
  const run = loadRun(
    { ...failedRun().head },
    many,
    rows,
    rows.map(() => "m"),
  );
  const seen = preview(
    { kind: "clear", runKey: "manual__1", select: {}, version: "same" },
    { now: NOW, newest: { compiled: many, dagVersion: 1 }, run },
  );
  expect(seen.instances.length).toBe(5_000);
});

test("clearing onto the newest version shows what vanishes and what comes", () => {
  const next = compileGraph(
    dag("chain", ({ task }) => {
      const a = task("a", () => 1);
      task("b", { input: { a } }, ({ a }) => a);
      task("e", { input: { a } }, ({ a }) => a);
    }).graph(),
  );
  const seen = preview(
    { kind: "clear", runKey: "manual__1", select: { taskIds: ["b"] }, version: "newest" },
    { now: NOW, newest: { compiled: next, dagVersion: 2 }, run: failedRun() },
  );
  expect(seen.version).toBe(2);
  expect(seen.instances).toEqual([
    { taskId: "c", mapIndex: -1, from: "upstream_failed", to: "removed" },
    { taskId: "d", mapIndex: -1, from: "success", to: "removed" },
    { taskId: "e", mapIndex: -1, from: null, to: "none" },
    { taskId: "b", mapIndex: -1, from: "failed", to: "none" },
  ]);
});

test("marking a task success shows the failed task below it that would run again", () => {
  const run = aRun({ a: "failed", b: "upstream_failed", c: "upstream_failed", d: "success" });
  const seen = preview(
    { kind: "markTasks", runKey: "manual__1", select: { taskIds: ["a"] }, state: "success" },
    { now: NOW, newest, run },
  );
  expect(seen.instances).toEqual([
    { taskId: "a", mapIndex: -1, from: "failed", to: "success" },
    { taskId: "b", mapIndex: -1, from: "upstream_failed", to: "none" },
    { taskId: "c", mapIndex: -1, from: "upstream_failed", to: "none" },
  ]);
});

test("marking a run failed ends what runs and skips what waits", () => {
  const run = aRun({ a: "success", b: "running", c: "none", d: "success" }, chain, { state: "running" });
  const seen = preview({ kind: "markRun", runKey: "manual__1", state: "failed" }, { now: NOW, newest, run });
  expect(seen).toEqual({
    instances: [
      { taskId: "b", mapIndex: -1, from: "running", to: "failed" },
      { taskId: "c", mapIndex: -1, from: "none", to: "skipped" },
    ],
    run: { from: "running", to: "failed" },
  });
});

test("a trigger shows an instance per task", () => {
  const seen = preview({ kind: "trigger" }, { now: NOW, newest });
  expect(seen.instances.map(({ taskId, from, to }) => [taskId, from, to])).toEqual([
    ["a", null, "none"],
    ["b", null, "none"],
    ["c", null, "none"],
    ["d", null, "none"],
  ]);
  expect(seen.run).toEqual({ from: null, to: "queued" });
});

test("an unknown task is refused as the command would be", () => {
  const unknown = { kind: "clear", runKey: "manual__1", select: { taskIds: ["x"] }, version: "same" } as const;
  expect(() => preview(unknown, { now: NOW, newest, run: failedRun() })).toThrow(
    expect.objectContaining({ code: "NOT_FOUND" }),
  );
});

test("a pause changes no instance", () => {
  expect(preview({ kind: "pause", paused: true }, { now: NOW, newest })).toEqual({ instances: [] });
});

test.each(["", "[1]", "{"])("a conf that is no JSON object (%j) is refused as the trigger itself would be", (conf) => {
  expect(() => preview({ kind: "trigger", conf }, { now: NOW, newest })).toThrow(/^conf /);
});
