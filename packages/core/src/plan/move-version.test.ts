import { describe, expect, test } from "vitest";
import { aCompiledGraph, aTask } from "./testing/a-graph.ts";
import { T0, World } from "./testing/world.ts";

const OLD = aCompiledGraph([
  aTask("a"),
  aTask("m", { after: ["a"], over: 3 }),
  aTask("gone", { after: ["m"] }),
  aTask("end", { after: ["gone"] }),
]);

function done(): World {
  const world = new World(OLD);
  world.finish();
  return world;
}

describe("a move to another version", () => {
  test("removes tasks that vanished, makes new ones and keeps everything else", () => {
    const world = done();
    world.move(
      aCompiledGraph([
        aTask("a"),
        aTask("m", { after: ["a"], over: 3 }),
        aTask("new", { after: ["m"], retries: 2 }),
        aTask("later", { start: T0 + 1 }),
        aTask("end", { after: ["new"] }),
      ]),
    );
    expect(world.rows.head.dagVersion).toBe(2);
    expect(world.rows.row("gone")).toMatchObject({
      state: "removed",
      cause: { code: "TASK_GONE", message: "version 2 has no task gone" },
    });
    expect(world.states()).toEqual({
      a: "success",
      m: ["success", "success", "success"],
      new: "none",
      later: "removed",
      end: "success",
    });
    world.clear({ taskIds: ["new"], downstream: true });
    expect(world.states()).toMatchObject({ new: "queued", end: "none" });
    world.finish();
    expect(world.run.head.state).toBe("success");
  });

  test("brings a task back that a version in between did not have", () => {
    const world = done();
    world.move(aCompiledGraph([aTask("a"), aTask("end", { after: ["a"] })]), 2);
    world.move(OLD, 3);
    expect(world.states()).toMatchObject({ a: "success", m: "none", gone: "none", end: "success" });
    world.clear({ taskIds: ["gone"], upstream: true, downstream: true });
    world.finish();
    expect(world.states()).toEqual({
      a: "success",
      m: ["success", "success", "success"],
      gone: "success",
      end: "success",
    });
  });

  test("starts a task over that is not mapped any more, with its new retries; and back", () => {
    const world = done();
    world.move(
      aCompiledGraph([
        aTask("a"),
        aTask("m", { after: ["a"], retries: 4 }),
        aTask("gone", { after: ["m"] }),
        aTask("end", { after: ["gone"] }),
      ]),
      2,
    );
    expect(world.read("m")).toMatchObject({ state: "none", maxTries: 4 });
    world.clear({ taskIds: ["m"], downstream: true });
    world.finish();
    expect(world.run.head.state).toBe("success");
    world.move(OLD, 3);
    expect(world.state("m")).toBe("success");
    world.clear({ taskIds: ["m"], downstream: true });
    world.finish();
    expect(world.states()).toMatchObject({ m: ["success", "success", "success"], end: "success" });
  });

  test("stops what runs of a task that vanished, and leaves other dispatches alone", () => {
    const world = new World(OLD);
    world.end("a");
    const dispatches = [0, 1, 2].map((index) => world.dispatchOf("m", index));
    world.move(aCompiledGraph([aTask("a"), aTask("end", { after: ["a"] })]));
    expect(world.stops).toEqual(dispatches);
    expect(world.state("end")).toBe("queued");
    const kept = new World(OLD);
    kept.end("a");
    kept.move(OLD);
    kept.end("m", "success", 1);
    expect(kept.states().m).toEqual(["queued", "success", "queued"]);
  });

  test("into a mapped group replaces the single instance, and what runs of it is stopped", () => {
    const before = aCompiledGraph([aTask("a"), aTask("b", { after: ["a"] }), aTask("c", { after: ["b"] })]);
    const after = aCompiledGraph(
      [aTask("a", { group: "g" }), aTask("b", { after: ["a"], group: "g" }), aTask("c", { after: ["b"] })],
      { groups: [{ groupId: "g", over: 2 }] },
    );
    const world = new World(before);
    world.end("a");
    const running = world.dispatchOf("b");
    world.move(after);
    world.clear({ taskIds: ["a"] });
    expect(world.stops).toContain(running);
    world.finish();
    expect(world.states()).toEqual({ a: ["success", "success"], b: ["success", "success"], c: "success" });
  });

  test("with a new task in a mapped group counts what has ended above it", () => {
    const graph = (withB: boolean) =>
      aCompiledGraph([aTask("a", { group: "g" }), ...(withB ? [aTask("b", { after: ["a"], group: "g" })] : [])], {
        groups: [{ groupId: "g", over: 2 }],
      });
    const world = new World(graph(false));
    world.finish();
    world.move(graph(true));
    world.clear({ taskIds: ["b"] });
    world.plan({ kind: "markRun", state: "queued", by: "user:a" });
    expect(world.states().b).toEqual(["queued", "queued"]);
  });

  test("keeps what was promised: a half cleared run is cleared, a half made list is made", () => {
    const graph = (mapped: boolean) =>
      aCompiledGraph([aTask("list"), aTask("m", { after: ["list"], kind: "empty", ...(mapped && { over: "list" }) })]);
    const world = new World(graph(true), { checks: false });
    world.tick([world.ending("list", 5_000)]);
    world.move(graph(true), 2);
    expect(world.states().m).toHaveLength(5_000);
    world.tick([{ kind: "clear", select: {}, by: "user:a" }]);
    world.move(graph(true), 3);
    world.finish(() => 5_000);
    expect(world.read("m", 4_999)?.tryNumber).toBe(2);
    const unmapped = new World(graph(true), { checks: false });
    unmapped.tick([unmapped.ending("list", 5_000)]);
    unmapped.move(graph(false), 2);
    expect(unmapped.run.head.obligations).toEqual([]);
    expect(unmapped.state("m")).toBe("success");
    const gone = new World(graph(true), { checks: false });
    gone.tick([gone.ending("list", 5_000)]);
    gone.move(aCompiledGraph([aTask("list")]), 2);
    expect(gone.run.head).toMatchObject({ state: "success", obligations: [] });
  });

  test("of a run that is being made goes on with the tasks of the new version, in steps", () => {
    const many = (count: number) =>
      aCompiledGraph(
        Array.from({ length: count }, (_, i) =>
          aTask(`t${i}`, { kind: i === 0 ? "task" : "empty", after: i === 0 ? [] : ["t0"] }),
        ),
      );
    const world = new World(many(3_000), { checks: false });
    world.move(many(5_500));
    expect(world.commits.every((commit) => commit.instances.length <= 2_000)).toBe(true);
    world.finish();
    expect(world.run.head).toMatchObject({ state: "success", obligations: [] });
    expect(world.rows.rows.size).toBe(5_500);
  });
});
