import { describe, expect, test } from "vitest";
import { chooseTasks } from "./backfill.ts";
import { Draft } from "./draft.ts";
import { selectTasks } from "./select.ts";
import { aCompiledGraph, aTask } from "./testing/a-graph.ts";
import { T0, World } from "./testing/world.ts";

const CHAIN = [aTask("a", { retries: 1 }), aTask("b", { after: ["a"] }), aTask("c", { after: ["b"] }), aTask("other")];

function ended(endings: Record<string, "failed" | "skipped"> = {}): World {
  const world = new World(aCompiledGraph(CHAIN.map((spec) => ({ ...spec, callbacks: [] }))));
  world.finish((taskId) => endings[taskId] ?? "success");
  return world;
}

describe("a clear", () => {
  test("lets exactly the named tasks run again: a new try, the old one in the history, the run queued anew", () => {
    const world = ended();
    expect(world.tick([{ kind: "clear", select: { taskIds: ["b"] }, by: "user:a" }])).toEqual([]);
    expect(world.run.head).toMatchObject({ state: "queued", clearNumber: 1, startedAt: undefined, endedAt: undefined });
    expect(world.rows.row("b")).toMatchObject({ state: "none", tryNumber: 1, maxTries: 1, restarts: 0 });
    expect(world.rows.history).toEqual([{ taskId: "b", mapIndex: -1, tryNumber: 1, state: "success" }]);
    world.settle();
    expect(world.states()).toEqual({ a: "success", b: "queued", c: "success", other: "success" });
    expect(world.read("b")?.tryNumber).toBe(2);
    world.finish();
    expect(world.run.head.state).toBe("success");
  });

  test.each([
    [{ taskIds: ["b"], downstream: true }, ["b", "c"]],
    [{ taskIds: ["b"], upstream: true }, ["a", "b"]],
    [{}, ["a", "b", "c", "other"]],
  ] as const)("of %j means %j", (select, cleared) => {
    const world = ended();
    world.clear(select);
    world.finish();
    expect(["a", "b", "c", "other"].filter((taskId) => world.read(taskId)?.tryNumber === 2)).toEqual(cleared);
    expect(world.run.head.state).toBe("success");
  });

  test("of failed ones alone leaves what succeeded", () => {
    const world = ended({ b: "failed" });
    expect(world.states()).toMatchObject({ b: "failed", c: "upstream_failed" });
    world.clear({ onlyFailed: true });
    world.finish();
    expect(world.states()).toEqual({ a: "success", b: "success", c: "success", other: "success" });
    expect(world.read("a")?.tryNumber).toBe(1);
  });

  test("leaves an ended run ended when it shall, also when it is carried out in steps", () => {
    const tasks = Array.from({ length: 2_500 }, (_, index) => aTask(`t${index}`, { kind: "empty" }));
    for (const specs of [CHAIN, tasks]) {
      const world = new World(aCompiledGraph(specs));
      world.finish();
      world.settle();
      expect(world.run.head.state).toBe("success");
      world.tick([{ kind: "clear", select: {}, by: "user:a", keepRunState: true }]);
      while (world.hasFollowUps && world.run.head.obligations.length > 0) world.followUp();
      expect(world.run.head).toMatchObject({ state: "success", obligations: [] });
      expect(new Set(Object.values(world.states()))).toEqual(new Set(["none"]));
    }
  });

  test("gives a task its retries again", () => {
    const world = new World(aCompiledGraph([aTask("a", { retries: 1 })]));
    world.finish(() => "failed");
    expect(world.read("a")).toMatchObject({ tryNumber: 2, maxTries: 1 });
    world.clear();
    world.finish(() => "failed");
    expect(world.read("a")).toMatchObject({ state: "failed", tryNumber: 4, maxTries: 3 });
  });

  test("of a running task stops it; then it starts again, whatever it reported meanwhile", () => {
    const world = new World(aCompiledGraph([aTask("a"), aTask("b", { after: ["a"] })]));
    world.plan(world.started("a"));
    const dispatchId = world.dispatchOf("a");
    world.clear({ taskIds: ["a"], onlyRunning: true });
    expect(world.stops).toEqual([dispatchId]);
    expect(world.state("a")).toBe("restarting");
    expect(world.clear({ taskIds: ["a"] })).toEqual([]);
    expect(world.state("a")).toBe("restarting");
    expect(world.plan(world.started("a"))).toHaveLength(1);
    world.end("a", 7);
    expect(world.rows.row("a")).toMatchObject({
      state: "up_for_retry",
      maxTries: 1,
      resultLength: undefined,
      cause: { code: "CLEARED_WHILE_RUNNING" },
    });
    world.passTime();
    expect(world.states()).toEqual({ a: "queued", b: "none" });
    world.end("a", "failed");
    expect(world.state("a")).toBe("failed");
  });

  test("of a running task whose process died with it starts again, too", () => {
    const world = new World(aCompiledGraph([aTask("a")]));
    world.plan(world.started("a"));
    world.clear();
    world.end("a", { guilty: true, mayHaveRun: true });
    expect(world.read("a")).toMatchObject({ state: "up_for_retry", restarts: 0 });
  });

  test.each(["queued", "up_for_retry", "up_for_reschedule", "deferred"] as const)(
    "of a task that is %s forgets it and starts over",
    (state) => {
      const world = new World(aCompiledGraph([aTask("a", { retries: 1 })]));
      if (state === "up_for_retry") world.end("a", "failed");
      if (state === "up_for_reschedule") world.end("a", { kind: "reschedule", afterMicros: 5, resume: "x" });
      if (state === "deferred") world.end("a", { kind: "defer", afterMicros: 5, resume: "x" });
      const old = world.read("a")?.dispatchId;
      world.clear();
      expect(world.read("a")).toMatchObject({
        state: "queued",
        tryNumber: 2,
        resume: undefined,
        firstStartedAt: undefined,
      });
      if (old !== undefined) expect(world.stops).toEqual([old]);
    },
  );

  test("takes back what waits for a slot below it, but not a try that goes on", () => {
    const world = new World(aCompiledGraph([aTask("a"), aTask("b", { after: ["a"] }), aTask("c", { after: ["a"] })]));
    world.end("a");
    world.end("c", { kind: "reschedule", afterMicros: 5 });
    world.limit = 0;
    world.passTime();
    world.plan({ kind: "markTasks", select: { taskIds: ["b"] }, state: "skipped", by: "user:a" });
    world.clear({ taskIds: ["b"] });
    expect(world.states()).toEqual({ a: "success", b: "scheduled", c: "scheduled" });
    world.clear({ taskIds: ["a"] });
    world.limit = Infinity;
    world.plan({ kind: "goOn" });
    expect(world.states()).toEqual({ a: "queued", b: "none", c: "queued" });
    world.finish();
    expect(world.run.head.state).toBe("success");
  });

  test("brings the setups and teardowns of what it means along", () => {
    const world = new World(
      aCompiledGraph([
        aTask("up", { setup: true }),
        aTask("work", { after: ["up"], setups: ["up"] }),
        aTask("down", { teardown: true, setups: ["up"], after: ["work"] }),
        aTask("free"),
      ]),
    );
    world.finish();
    world.clear({ taskIds: ["work"] });
    world.finish();
    expect(["up", "work", "down", "free"].map((taskId) => world.read(taskId)?.tryNumber)).toEqual([2, 2, 2, 1]);
    world.clear({ taskIds: ["up"] });
    world.finish();
    expect(["up", "work", "down", "free"].map((taskId) => world.read(taskId)?.tryNumber)).toEqual([3, 2, 3, 1]);
    world.clear({ taskIds: ["down"] });
    world.finish();
    expect(["up", "work", "down", "free"].map((taskId) => world.read(taskId)?.tryNumber)).toEqual([3, 2, 4, 1]);
  });

  test("of an index means that index, and what is below it once", () => {
    const world = new World(aCompiledGraph([aTask("m", { over: 3 }), aTask("join", { after: ["m"] })]));
    world.finish();
    world.clear({ taskIds: ["m"], mapIndexes: [1], downstream: true });
    expect(world.states()).toEqual({ m: ["success", "queued", "success"], join: "none" });
    world.finish();
    expect(world.read("join")?.tryNumber).toBe(2);
  });

  test("of a task that the version does not have is refused", () => {
    const world = ended();
    expect(world.clear({ taskIds: ["nope"] })).toMatchObject([
      { code: "NOT_FOUND", message: "the DAG d has no task nope in version 1" },
    ]);
    expect(world.mark(["nope"], "failed")).toMatchObject([{ code: "NOT_FOUND" }]);
    expect(world.run.head.state).toBe("success");
  });
});

describe("a clear of thousands (R1)", () => {
  const large = (): World => {
    const world = new World(
      aCompiledGraph([aTask("list"), aTask("m", { over: "list", kind: "empty" }), aTask("join", { after: ["m"] })]),
      { checks: false },
    );
    world.finish(() => 5_000);
    return world;
  };

  test("goes in steps of 2 000, evaluates nothing before the last, and survives a crash between two", () => {
    const world = large();
    const before = world.commits.length;
    world.tick([{ kind: "clear", select: {}, by: "user:a" }]);
    expect(world.run.head.obligations).toMatchObject([{ kind: "clear", next: 2_000 }]);
    world.tick([{ kind: "start" }]);
    expect(world.states().list).toBe("none");
    world.crash();
    expect(world.commits.slice(before).map((commit) => commit.instances.length)).toEqual([2_000, 2_000, 1_002, 1]);
    world.finish(() => 5_000);
    expect(world.run.head).toMatchObject({ state: "success", obligations: [] });
    expect(world.read("m", 4_999)?.tryNumber).toBe(2);
  });

  test("finds what is above and below all named tasks at once, not for each of them", () => {
    const chain = Array.from({ length: 6_000 }, (_, i) => aTask(`t${i}`, i === 0 ? {} : { after: [`t${i - 1}`] }));
    const compiled = aCompiledGraph(chain);
    const draft = new Draft(new World(compiled, { checks: false }).run, T0);
    for (const way of ["upstream", "downstream"] as const) {
      const all = selectTasks(draft, { [way]: true }, { withScopes: true });
      expect("taskIds" in all && all.taskIds.length).toBe(6_000);
      const one = selectTasks(draft, { taskIds: ["t3", "t5996"], [way]: true }, { withScopes: true });
      expect("taskIds" in one && one.taskIds.length).toBe(5_997);
    }
    expect(chooseTasks(compiled, "t", { upstream: true })).toHaveLength(6_000);
  });

  test("and a second command before its end follows it, none losing the rest of the other", () => {
    const world = large();
    world.tick([{ kind: "clear", select: {}, by: "user:a" }]);
    world.tick([{ kind: "markTasks", select: { taskIds: ["m"] }, state: "failed", by: "user:b" }]);
    expect(world.run.head.obligations.map(({ kind }) => kind)).toEqual(["clear", "mark"]);
    world.settle();
    world.finish(() => 5_000);
    expect(new Set(world.states().m)).toEqual(new Set(["failed"]));
    expect(world.states()).toMatchObject({ list: "success", join: "upstream_failed" });
    expect(world.run.head.state).toBe("failed");
  });

  test("marked as a whole becomes a success when the last is marked, not before", () => {
    const world = large();
    world.clear({ taskIds: ["m"] });
    world.tick([{ kind: "clear", select: {}, by: "user:a" }]);
    world.tick([{ kind: "markRun", state: "success", by: "user:a" }]);
    expect(world.run.head.state).not.toBe("success");
    world.settle();
    expect(world.run.head).toMatchObject({ state: "success", obligations: [] });
    expect(world.states()).toMatchObject({ list: "success", join: "success" });
    expect(new Set(world.states().m)).toEqual(new Set(["success"]));
  });
});
