import { describe, expect, test } from "vitest";
import { MICROS } from "../model/instant.ts";
import { isFinished } from "../model/run.ts";
import { apply } from "./apply.ts";
import { Draft } from "./draft.ts";
import { aCompiledGraph, aTask, type GraphSpec } from "./testing/a-graph.ts";
import { T0, World } from "./testing/world.ts";

describe("a new run", () => {
  test("waits in the queue until limits let it begin", () => {
    const world = new World(aCompiledGraph([aTask("a")]), { start: false });
    expect(world.run.head).toMatchObject({ state: "queued", version: 1 });
    expect(world.run.head.startedAt).toBeUndefined();
    world.plan({ kind: "evaluate" }, { kind: "past" });
    expect(world.state("a")).toBe("none");
    world.plan({ kind: "start" });
    expect(world.state("a")).toBe("queued");
    const { version } = world.run.head;
    world.plan({ kind: "start" });
    expect(world.run.head.version).toBe(version);
  });

  test("that was asked for with a later date waits for it, and is looked at then", () => {
    const world = new World(aCompiledGraph([aTask("a")]), { start: false, runAfter: T0 + MICROS.h });
    expect(world.run.head).toMatchObject({ state: "queued", dueAt: T0 + MICROS.h });
    world.plan({ kind: "start" });
    expect(world.run.head.state).toBe("queued");
    world.now = T0 + MICROS.h;
    world.plan({ kind: "due" });
    expect(world.run.head.dueAt).toBeUndefined();
    world.plan({ kind: "start" });
    expect(world.state("a")).toBe("queued");
  });

  test("of 5 000 tasks is made in steps of 2 000 and then begins (R1)", () => {
    const compiled = aCompiledGraph(
      Array.from({ length: 5_000 }, (_, i) =>
        aTask(`t${i}`, { kind: i === 0 ? "task" : "empty", after: i === 0 ? [] : [`t${Math.floor((i - 1) / 2)}`] }),
      ),
    );
    for (const start of [true, false]) {
      const world = new World(compiled, { start, checks: false });
      expect(world.run.head.obligations).toEqual([{ kind: "create", next: 2_000 }]);
      expect(world.run.length).toBe(2_000);
      if (!start) world.tick([{ kind: "start" }]);
      world.settle();
      expect(world.commits.slice(0, 3).map((commit) => commit.instances.length)).toEqual([2_000, 2_000, 1_001]);
      expect(world.state("t0")).toBe("queued");
      expect(isFinished(world.run)).toBe(false);
      world.end("t0");
      expect(world.run.head.state).toBe("success");
      expect(isFinished(world.run)).toBe(true);
    }
  });

  test("without tasks, or with tasks outside their dates alone, succeeds at once", () => {
    expect(new World(aCompiledGraph([])).run.head.state).toBe("success");
    const world = new World(
      aCompiledGraph([
        aTask("early", { end: T0 - 1 }),
        aTask("late", { start: T0 + 1 }),
        aTask("late_below", { after: ["late"], end: T0 - 1 }),
      ]),
    );
    expect(world.states()).toEqual({ early: "removed", late: "removed", late_below: "removed" });
    expect(world.run.head.state).toBe("success");
  });

  test("leaves tasks outside their dates out of what others wait for, in a mapped group too", () => {
    const world = new World(
      aCompiledGraph(
        [
          aTask("late", { start: T0 + 1 }),
          aTask("a", { after: ["late"] }),
          aTask("x", { group: "g", end: T0 - 1 }),
          aTask("y", { group: "g", after: ["x"] }),
        ],
        { groups: [{ groupId: "g", over: 0 }] },
      ),
    );
    expect(world.states()).toMatchObject({ a: "queued", y: "skipped" });
  });

  test("of empty tasks ends in the commit that makes it, but those with callbacks or outlets go to a worker", () => {
    const world = new World(
      aCompiledGraph([aTask("a", { kind: "empty" }), aTask("b", { kind: "empty", after: ["a"] })]),
    );
    expect(world.run.head).toMatchObject({ state: "success", version: 1 });
    expect(world.rows.row("b")).toMatchObject({ state: "success", tryNumber: 1 });
    const seen = new World(
      aCompiledGraph([
        aTask("a", { kind: "empty", callbacks: ["success"] }),
        aTask("b", { kind: "empty", outlets: ["s3://x"] }),
      ]),
    );
    expect(seen.states()).toEqual({ a: "queued", b: "queued" });
  });
});

describe("the outcome", () => {
  test("is that of the leaves alone", () => {
    const world = new World(
      aCompiledGraph([aTask("a"), aTask("b", { after: ["a"], triggerRule: "all_done" }), aTask("side")], {
        callbacks: ["success"],
      }),
    );
    world.finish((taskId) => (taskId === "a" ? "failed" : taskId === "side" ? "skipped" : "success"));
    expect(world.run.head.state).toBe("success");
    expect(world.commits.at(-1)?.callbacks).toEqual([{ scope: "run", event: "success", reason: "success" }]);
  });

  test("names the leaf that failed", () => {
    const world = new World(aCompiledGraph([aTask("a"), aTask("b", { after: ["a"] })], { callbacks: ["failure"] }));
    world.end("a", "failed");
    expect(world.commits.at(-1)?.run).toMatchObject({
      state: "failed",
      cause: { code: "TASK_FAILURE", message: "b did not succeed" },
    });
    expect(world.commits.at(-1)?.callbacks).toMatchObject([{ event: "failure" }]);
  });
});

describe("a run's timeout", () => {
  const graph = (dag: GraphSpec = {}) =>
    aCompiledGraph([aTask("a", { retries: 1, retryDelayMicros: MICROS.h }), aTask("b", { after: ["a"] })], {
      runTimeoutMicros: 10 * MICROS.m,
      callbacks: ["failure"],
      ...dag,
    });

  test("is armed when it begins, fails it and skips the rest", () => {
    const world = new World(graph());
    expect(world.run.head.dueAt).toBe(T0 + 10 * MICROS.m);
    world.end("a", "failed");
    world.passTime();
    expect(world.now).toBe(T0 + 10 * MICROS.m);
    expect(world.states()).toEqual({ a: "skipped", b: "skipped" });
    expect(world.run.head).toMatchObject({ state: "failed", dueAt: undefined });
    expect(world.commits.at(-1)?.run.cause).toEqual({
      code: "RUN_TIMED_OUT",
      message: "the run took longer than its limit of 600 s",
    });
  });

  test("counts from the start, also when the deadline was known before", () => {
    const world = new World(graph({ deadlineMicros: MICROS.h }), { start: false });
    expect(world.run.head.dueAt).toBe(T0 + MICROS.h);
    world.now += MICROS.m;
    world.plan({ kind: "start" });
    expect(world.run.head.dueAt).toBe(T0 + 11 * MICROS.m);
  });

  test("does not end a run that is in time", () => {
    const world = new World(graph());
    world.plan({ kind: "due" });
    expect(world.run.head).toMatchObject({ state: "running", dueAt: T0 + 10 * MICROS.m });
  });
});

describe("a deadline", () => {
  const late = (dag: GraphSpec, options = {}): World =>
    new World(
      aCompiledGraph(
        [
          aTask("quick", { deadlineMicros: 10 * MICROS.m }),
          aTask("slow", { deadlineMicros: 30 * MICROS.m }),
          aTask("free"),
        ],
        { callbacks: ["deadline"], ...dag },
      ),
      options,
    );
  const callbacks = (world: World): readonly string[] =>
    world.commits.flatMap((commit) => commit.callbacks.map(({ reason }) => reason));

  test("that is missed is said once, with the tasks that are late, and so is the next one", () => {
    const world = late({ deadlineMicros: 60 * MICROS.m });
    world.passTime();
    expect(world.now).toBe(T0 + 10 * MICROS.m);
    expect(world.run.head).toMatchObject({ deadlineMissed: true, dueAt: T0 + 30 * MICROS.m });
    expect(callbacks(world)).toEqual(["not done in time: quick"]);
    world.plan({ kind: "due" });
    expect(callbacks(world)).toHaveLength(1);
    world.passTime();
    world.plan({ kind: "due" }, { kind: "due" });
    expect(callbacks(world).slice(1)).toEqual(["not done in time: slow"]);
    world.passTime();
    expect(callbacks(world).slice(2)).toEqual(["the run is not done in time"]);
    expect(world.run.head).toMatchObject({ state: "running", dueAt: undefined });
    world.plan({ kind: "due" });
    expect(callbacks(world)).toHaveLength(3);
  });

  test("that is met is not announced as missed; the next one still counts", () => {
    const world = late({});
    world.end("quick");
    world.passTime();
    expect(world.run.head).toMatchObject({ deadlineMissed: false, dueAt: T0 + 30 * MICROS.m });
    world.end("slow", "skipped");
    world.passTime();
    expect(world.run.head).toMatchObject({ state: "running", deadlineMissed: false, dueAt: undefined });
    expect(callbacks(world)).toEqual([]);
  });

  test("of the DAG counts while the run lives, without a callback when nobody asked for one", () => {
    const world = late({ deadlineMicros: 5 * MICROS.m });
    world.passTime();
    expect(callbacks(world)).toEqual(["the run is not done in time"]);
    const quiet = late({ deadlineMicros: 5 * MICROS.m, callbacks: [] });
    quiet.passTime();
    expect(quiet.run.head.deadlineMissed).toBe(true);
    expect(callbacks(quiet)).toEqual([]);
  });

  test("that has passed before the run begins is looked at in its next tick", () => {
    const world = late({ deadlineMicros: MICROS.m }, { intervalEnd: T0 - MICROS.d });
    expect(world.run.head.dueAt).toBe(T0);
  });

  test("is for scheduled runs alone", () => {
    expect(late({}, { runType: "manual" }).run.head.dueAt).toBeUndefined();
  });
});

describe("the previous run", () => {
  test.each(["dependsOnPast", "waitForDownstream"] as const)(
    "holds a task back (%s) until it is fine, and is asked again when it moves on",
    (option) => {
      const fine = new Set<string>();
      const asked: string[] = [];
      const past = {
        check: (task: number, mapIndex: number) => (
          asked.push(`${task}[${mapIndex}]`),
          fine.has("yes") ? { satisfied: true as const } : { satisfied: false as const, why: "a is running" }
        ),
      };
      const world = new World(
        aCompiledGraph([aTask("a", { [option]: true }), aTask("b", { after: ["a"] }), aTask("c")]),
        { past },
      );
      expect(world.states()).toEqual({ a: "none", b: "none", c: "queued" });
      expect(asked).toContain("0[-1]");
      world.plan({ kind: "past" });
      expect(world.state("a")).toBe("none");
      fine.add("yes");
      world.plan({ kind: "past" });
      expect(world.state("a")).toBe("queued");
    },
  );
});

test("a skip waits for the previous run when the task says so", () => {
  let satisfied = false;
  const past = {
    check: () => (satisfied ? { satisfied: true as const } : { satisfied: false as const, why: "it runs" }),
  };
  const below = { after: ["a"], dependsOnPast: true };
  const patient = { ...below, waitForPastBeforeSkipping: true };
  const world = new World(
    aCompiledGraph([
      aTask("a"),
      aTask("b", below),
      aTask("c", patient),
      aTask("stop", { kind: "shortCircuit" }),
      aTask("d", { ...patient, after: ["stop"] }),
    ]),
    { past },
  );
  world.end("a", "skipped");
  world.end("stop", []);
  expect(world.states()).toMatchObject({ b: "skipped", c: "none", d: "none" });
  satisfied = true;
  world.plan({ kind: "past" });
  expect(world.states()).toMatchObject({ c: "skipped", d: "skipped" });
  expect(world.run.head.state).toBe("success");
});

describe("the run's next look", () => {
  test("comes nearer with a nearer time and is not written otherwise", () => {
    const world = new World(
      aCompiledGraph([
        aTask("a", { retries: 1, retryDelayMicros: MICROS.h }),
        aTask("b", { retries: 1, retryDelayMicros: MICROS.m }),
        aTask("c", { retries: 1, retryDelayMicros: 2 * MICROS.h }),
      ]),
    );
    world.end("a", "failed");
    expect(world.run.head.dueAt).toBe(T0 + MICROS.h);
    world.end("b", "failed");
    expect(world.run.head.dueAt).toBe(T0 + MICROS.m);
    world.end("c", "failed");
    expect(world.commits.at(-1)?.run).toEqual({});
    world.passTime();
    expect(world.states()).toEqual({ a: "up_for_retry", b: "queued", c: "up_for_retry" });
    expect(world.run.head.dueAt).toBe(T0 + MICROS.h);
  });
});

test("a draft is applied to its own run alone", () => {
  const one = new World(aCompiledGraph([aTask("a")]));
  const other = new World(aCompiledGraph([aTask("a")]));
  expect(() => apply(one.run, new Draft(other.run, T0))).toThrow("a draft belongs to the run it was made of");
});
