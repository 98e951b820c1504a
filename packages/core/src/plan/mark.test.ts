import { describe, expect, test } from "vitest";
import { aCompiledGraph, aTask } from "./testing/a-graph.ts";
import { World } from "./testing/world.ts";

const CHAIN = aCompiledGraph([aTask("a"), aTask("b", { after: ["a"] }), aTask("c", { after: ["b"] })]);

describe("marking tasks", () => {
  test("as success lets failed ones below run again", () => {
    const world = new World(CHAIN);
    world.end("a", "failed");
    expect(world.run.head.state).toBe("failed");
    world.mark(["a"], "success");
    expect(world.rows.row("a")?.cause).toEqual({ code: "MARKED", message: "marked success by user:a" });
    expect(world.states()).toEqual({ a: "success", b: "queued", c: "none" });
    world.finish();
    expect(world.run.head.state).toBe("success");
  });

  test("as skipped leaves what is below as it is", () => {
    const world = new World(CHAIN);
    world.end("a", "failed");
    world.mark(["a"], "skipped");
    expect(world.states()).toEqual({ a: "skipped", b: "upstream_failed", c: "upstream_failed" });
  });

  test("stops a dispatch, whose report comes too late then", () => {
    const world = new World(CHAIN);
    const late = world.ending("a");
    world.plan(world.started("a"));
    world.mark(["a"], "failed");
    expect(world.stops).toHaveLength(1);
    expect(world.plan(late)).toHaveLength(1);
    expect(world.states()).toEqual({ a: "failed", b: "upstream_failed", c: "upstream_failed" });
    expect(world.run.head.state).toBe("failed");
  });

  test("means those above and below when asked to, all when none is named, and one index", () => {
    const world = new World(CHAIN);
    world.mark(["b"], "success", { upstream: true });
    expect(world.states()).toEqual({ a: "success", b: "success", c: "queued" });
    const mapped = new World(aCompiledGraph([aTask("m", { over: 3 })]));
    mapped.mark(["m"], "success", { mapIndexes: [1] });
    expect(mapped.states().m).toEqual(["queued", "success", "queued"]);
    mapped.end("m", "failed", 0);
    mapped.mark(["m"], "skipped", { onlyFailed: true });
    expect(mapped.states().m).toEqual(["skipped", "success", "queued"]);
    mapped.plan({ kind: "markTasks", select: {}, state: "success", by: "user:a" });
    expect(mapped.states().m).toEqual(["success", "success", "success"]);
    expect(mapped.run.head.state).toBe("success");
  });

  test("that are so already changes nothing of them", () => {
    const world = new World(CHAIN);
    world.end("a");
    world.mark(["a"], "success");
    expect(world.rows.row("a")?.cause).toBeUndefined();
    expect(world.states()).toMatchObject({ a: "success", b: "queued" });
  });

  test("without setups and teardowns, which a clear would bring along", () => {
    const world = new World(
      aCompiledGraph([
        aTask("up", { setup: true }),
        aTask("work", { after: ["up"], setups: ["up"] }),
        aTask("down", { teardown: true, setups: ["up"], after: ["work"] }),
      ]),
    );
    world.mark(["work"], "failed");
    expect(world.states()).toMatchObject({ up: "queued", work: "failed", down: "none" });
  });
});

describe("marking a run", () => {
  const busy = (): World => {
    const world = new World(
      aCompiledGraph(
        [
          aTask("run"),
          aTask("wait"),
          aTask("poll"),
          aTask("queued"),
          aTask("retry", { retries: 1 }),
          aTask("none", { after: ["run"] }),
        ],
        { callbacks: ["success", "failure"] },
      ),
    );
    world.plan(
      world.started("run"),
      world.ending("wait", { kind: "defer", afterMicros: 5 }),
      world.ending("poll", { kind: "reschedule", afterMicros: 5 }),
      world.ending("retry", "failed"),
    );
    return world;
  };

  test("as failed fails what runs or waits in its try, and skips the rest", () => {
    const world = busy();
    world.plan({ kind: "markRun", state: "failed", by: "user:a" });
    expect(world.states()).toEqual({
      run: "failed",
      wait: "failed",
      poll: "failed",
      queued: "skipped",
      retry: "skipped",
      none: "skipped",
    });
    expect(world.run.head).toMatchObject({ state: "failed", endedAt: world.now, dueAt: undefined });
    expect(world.commits.at(-1)?.callbacks).toEqual([
      { scope: "run", event: "failure", reason: "the run was marked failed by user:a" },
    ]);
    expect(world.stops).toHaveLength(2);
    world.plan({ kind: "markRun", state: "failed", by: "user:a" });
    expect(world.commits.at(-1)?.callbacks).toHaveLength(1);
  });

  test("as success makes every task one", () => {
    const world = busy();
    world.plan({ kind: "markRun", state: "success", by: "user:a" });
    expect(new Set(Object.values(world.states()))).toEqual(new Set(["success"]));
    expect(world.run.head.state).toBe("success");
    expect(world.commits.at(-1)?.callbacks).toMatchObject([{ event: "success" }]);
  });

  test("as queued looks at it again, and ends it as it was when there is nothing to do", () => {
    const world = new World(CHAIN);
    world.finish(() => "failed");
    world.tick([{ kind: "markRun", state: "queued", by: "user:a" }]);
    expect(world.run.head).toMatchObject({ state: "queued", clearNumber: 1 });
    world.settle();
    expect(world.run.head.state).toBe("failed");
    const running = new World(CHAIN);
    running.plan({ kind: "markRun", state: "queued", by: "user:a" });
    expect(running.run.head.state).toBe("running");
  });
});

describe("a mark of what is still being made", () => {
  const making = (): World => {
    const world = new World(
      aCompiledGraph([aTask("list", { kind: "task" }), aTask("m", { over: "list" }), aTask("join", { after: ["m"] })]),
      { checks: false, limit: 10 },
    );
    world.tick([world.ending("list", 5_000)]);
    expect(world.run.head.obligations).toMatchObject([{ kind: "expand", next: 2_000 }]);
    return world;
  };

  test("reaches the instances that come later, too", () => {
    const world = making();
    world.mark(["m"], "success");
    expect(new Set(world.states().m)).toEqual(new Set(["success"]));
    expect(world.states().m).toHaveLength(5_000);
    expect(world.state("join")).toBe("queued");
    expect(world.live()).toHaveLength(1);
  });

  test("reaches those that come in the very plan of the mark, the last ones among them", () => {
    const world = making();
    world.tick([{ kind: "goOn" }]);
    world.mark(["m"], "failed");
    expect(new Set(world.states().m)).toEqual(new Set(["failed"]));
    expect(world.states().join).toBe("upstream_failed");
  });

  test("does not end a run whose tasks are not all there", () => {
    const tasks = Array.from({ length: 5_000 }, (_, i) => aTask(`t${i}`));
    const world = new World(aCompiledGraph(tasks), { checks: false, limit: 10 });
    world.tick([{ kind: "markRun", state: "success", by: "user:a" }]);
    expect(world.run.head.state).toBe("running");
    world.settle();
    expect(world.run.head).toMatchObject({ state: "success", obligations: [] });
    expect(new Set(Object.values(world.states()))).toEqual(new Set(["success"]));
    expect(Object.keys(world.states())).toHaveLength(5_000);
  });

  test("as a whole leaves the run open for a clear that came after it", () => {
    const world = making();
    world.settle();
    world.tick([{ kind: "markRun", state: "success", by: "user:a" }]);
    world.tick([{ kind: "clear", select: { taskIds: ["join"] }, by: "user:b" }]);
    const states = new Set<string>();
    while (world.hasFollowUps) {
      world.followUp();
      if (world.run.head.obligations.length > 0) states.add(world.run.head.state);
    }
    expect(states).not.toContain("success");
    expect(world.states()).toMatchObject({ list: "success", join: "queued" });
  });
});
