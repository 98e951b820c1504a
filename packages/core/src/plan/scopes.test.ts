import { describe, expect, test } from "vitest";
import { T0, World } from "./testing/world.ts";
import { aCompiledGraph, aTask, type GraphSpec, type TaskSpec } from "./testing/a-graph.ts";

const scoped = (
  work: Omit<TaskSpec, "taskId"> = {},
  setup: Omit<TaskSpec, "taskId"> = {},
  dag: GraphSpec = {},
): World =>
  new World(
    aCompiledGraph(
      [
        aTask("up", { setup: true, ...setup }),
        aTask("work", { after: ["up"], setups: ["up"], ...work }),
        aTask("far", { after: ["work"], setups: ["up"], triggerRule: "all_done" }),
        aTask("down", { teardown: true, setups: ["up"], after: ["far"] }),
      ],
      dag,
    ),
  );

describe("a setup's scope", () => {
  test("runs between setup and teardown, and the teardown runs whatever the work did", () => {
    const world = scoped();
    world.end("up");
    world.end("work", "failed");
    world.end("far", "failed");
    expect(world.state("down")).toBe("queued");
    world.end("down");
    expect(world.run.head.state).toBe("failed");
  });

  test("is closed by a setup that fails: all work fails with it, the teardown too", () => {
    const world = scoped();
    world.end("up", "failed");
    expect(world.states()).toMatchObject({ work: "upstream_failed", far: "upstream_failed", down: "upstream_failed" });
    expect(world.run.head.state).toBe("failed");
  });

  test("is closed by a setup that is skipped", () => {
    const world = scoped();
    world.end("up", "skipped");
    expect(world.states()).toMatchObject({ work: "skipped", far: "skipped", down: "skipped" });
  });

  test("holds work back whose own rule would let it start", () => {
    const world = scoped({ after: [], triggerRule: "always" });
    expect(world.state("work")).toBe("none");
    world.end("up");
    expect(world.state("work")).toBe("queued");
  });

  test("without its setup, which is outside its dates, is no scope", () => {
    const world = scoped({}, { start: T0 + 1 });
    expect(world.states()).toMatchObject({ up: "removed", work: "queued" });
    world.finish();
    expect(world.run.head.state).toBe("success");
    expect(world.state("down")).toBe("success");
  });

  test("in a mapped group is one per index, and a mapped setup outside counts with all its instances", () => {
    const world = new World(
      aCompiledGraph(
        [
          aTask("all", { setup: true, over: 2 }),
          aTask("up", { setup: true, group: "g" }),
          aTask("work", { after: ["up", "all"], setups: ["up", "all"], group: "g" }),
          aTask("down", { teardown: true, setups: ["up"], after: ["work"], group: "g" }),
          aTask("end", { teardown: true, setups: ["all"], after: ["down"] }),
        ],
        { groups: [{ groupId: "g", over: 2 }] },
      ),
    );
    world.end("up", "success", 0);
    world.end("up", "failed", 1);
    world.end("all", "success", 0);
    expect(world.states()).toMatchObject({ work: ["none", "upstream_failed"], down: ["none", "upstream_failed"] });
    world.end("all", "success", 1);
    world.end("work", "success", 0);
    world.end("down", "success", 0);
    expect(world.state("end")).toBe("queued");
  });

  test("counts for the run only when the teardown asks for it", () => {
    for (const onFailureFailRun of [false, true]) {
      const world = new World(
        aCompiledGraph([
          aTask("up", { setup: true }),
          aTask("work", { after: ["up"] }),
          aTask("down", { teardown: true, setups: ["up"], after: ["work"], onFailureFailRun }),
        ]),
      );
      world.finish((taskId) => (taskId === "down" ? "failed" : "success"));
      expect(world.run.head.state).toBe(onFailureFailRun ? "failed" : "success");
    }
  });
});

describe("fail fast", () => {
  const graph = (over: number) =>
    aCompiledGraph(
      [
        aTask("up", { setup: true }),
        aTask("m", { over, after: ["up"], retries: 1 }),
        aTask("later", { after: ["m"] }),
        aTask("x"),
        aTask("down", { teardown: true, setups: ["up"], after: ["later"] }),
      ],
      { failFast: true },
    );

  test("ends all but teardowns at the first failure, and the teardowns run", () => {
    const world = new World(graph(2));
    world.end("up");
    world.plan(world.started("m", 0));
    const dead = world.dispatchOf("m", 0);
    world.end("x", "failed");
    expect(world.states()).toEqual({
      up: "success",
      m: ["failed", "skipped"],
      later: "skipped",
      x: "failed",
      down: "queued",
    });
    expect(world.stops).toContain(dead);
    expect(world.rows.row("m", 0)?.cause?.code).toBe("FAIL_FAST");
    world.end("down");
    expect(world.run.head.state).toBe("failed");
  });

  test("waits for the last retry, and spares what has ended", () => {
    const world = new World(graph(2));
    world.end("up");
    world.end("m", "failed", 0);
    expect(world.state("x")).toBe("queued");
    world.end("x");
    world.passTime();
    world.end("m", "failed", 0);
    expect(world.states()).toMatchObject({ m: ["failed", "skipped"], x: "success" });
  });

  test("keeps what a report of the same tick said of a try that it ends", () => {
    const world = new World(graph(2));
    world.end("up");
    world.plan(
      world.started("m", 0),
      world.ending("m", { kind: "defer", afterMicros: 9 }, 1),
      world.ending("x", "failed"),
    );
    expect(world.rows.row("m", 0)).toMatchObject({ state: "failed", startedAt: world.now, endedAt: world.now });
    expect(
      world.commits
        .at(-1)
        ?.instances.filter(({ taskId }) => taskId === "m")
        .map(({ kind }) => kind),
    ).toEqual(["end", "end"]);
    expect(world.rows.row("m", 1)).toMatchObject({ state: "skipped", dueAt: undefined });
  });

  test("skips also the instances that were still to be made", () => {
    const world = new World(graph(5_000), { checks: false, limit: 2 });
    world.tick([world.ending("up")]);
    expect(world.run.head.obligations).toHaveLength(1);
    world.tick([world.ending("x", "failed")]);
    world.settle();
    world.finish();
    expect(world.states()).toMatchObject({ later: "skipped", down: "success" });
    expect(new Set(world.states().m)).toEqual(new Set(["skipped"]));
    expect(world.states().m).toHaveLength(5_000);
  });

  test("two failures in one tick: the second report is of a dead dispatch", () => {
    const world = new World(graph(2));
    world.end("up", "success");
    const refusals = world.plan(world.ending("x", "failed"), world.ending("m", "success", 1));
    expect(refusals).toMatchObject([{ code: "DISPATCH_DEAD" }]);
  });
});
