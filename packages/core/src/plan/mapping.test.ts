import { describe, expect, test, vi } from "vitest";
import { Draft } from "./draft.ts";
import { aCompiledGraph, aTask, type GraphSpec } from "./testing/a-graph.ts";
import { World, type Ending } from "./testing/world.ts";

describe("a mapped task", () => {
  test("has one instance per element, and whoever is below waits for all of them", () => {
    const world = new World(
      aCompiledGraph([aTask("list"), aTask("m", { over: "list" }), aTask("join", { after: ["m"] })]),
    );
    world.end("list", 3);
    expect(world.states()).toEqual({ list: "success", m: ["queued", "queued", "queued"], join: "none" });
    expect(world.rows.row("m")).toBeUndefined();
    world.end("m", "success", 2);
    world.end("m", "success", 0);
    expect(world.state("join")).toBe("none");
    world.end("m", "success", 1);
    expect(world.state("join")).toBe("queued");
  });

  test("without elements is skipped, and what is below follows its rule", () => {
    const world = new World(
      aCompiledGraph([
        aTask("list"),
        aTask("m", { over: "list" }),
        aTask("join", { after: ["m"] }),
        aTask("last", { after: ["join"], triggerRule: "all_done" }),
      ]),
    );
    world.end("list", 0);
    expect(world.states()).toEqual({ list: "success", m: "skipped", join: "skipped", last: "queued" });
    expect(world.rows.row("m")?.cause?.code).toBe("NOTHING_TO_MAP");
  });

  test.each([
    ["product", [2, 3], 6],
    ["product", [2, 0], 0],
    ["zip", [2, 3], 2],
    ["zipLongest", [2, 3], 3],
    ["product", [{ concat: [2, 3] }, 2], 10],
    ["zip", [{ concat: [1, 0, 1] }, 3], 2],
  ] as const)("over a %s of lists of %j has %i instances", (mode, over, length) => {
    const world = new World(aCompiledGraph([aTask("m", { over, mode })]));
    expect(world.live()).toHaveLength(length);
  });

  test("that would have too many instances fails, alone or in a group, and what is below follows its rule", () => {
    const world = new World(
      aCompiledGraph([
        aTask("m", { over: [1_000, 101] }),
        aTask("join", { after: ["m"] }),
        aTask("last", { after: ["join"], triggerRule: "all_done" }),
      ]),
    );
    expect(world.states()).toEqual({ m: "failed", join: "upstream_failed", last: "queued" });
    expect(world.rows.row("m")?.cause?.code).toBe("TOO_MANY_TO_MAP");
    world.end("last", "success");
    expect(world.run.head.state).toBe("success");
  });

  test.each([
    [null, 2],
    ['{"files":[1,2,3]}', 3],
    ['{"files":{"a":1}}', 1],
    ['{"files":7}', 0],
    ['{"files":null}', 0],
    ['{"other":7}', 2],
  ])("over a param takes it from the conf %s before the DAG's default", (conf, length) => {
    const world = new World(
      aCompiledGraph([aTask("m", { over: { param: "files" } })], {
        params: { files: { default: [1, 2], schema: {} } },
      }),
      { conf },
    );
    expect(world.live()).toHaveLength(length);
  });

  test("over lists in a row waits for all of them, and is resized when one changes", () => {
    const world = new World(
      aCompiledGraph([
        aTask("a"),
        aTask("b"),
        aTask("m", { over: { concat: ["a", 1, "b"] } }),
        aTask("join", { after: ["m"] }),
      ]),
    );
    world.end("a", 2);
    expect(world.state("m")).toBe("none");
    world.end("b", 1);
    expect(world.live()).toHaveLength(4);
    for (const index of [0, 1, 2, 3]) world.end("m", "success", index);
    world.end("join");
    world.clear({ taskIds: ["b"], downstream: true });
    world.end("b", 0);
    expect(world.live()).toHaveLength(3);
  });

  test("over another mapped task has an instance per success of it", () => {
    const world = new World(
      aCompiledGraph([aTask("m", { over: 3 }), aTask("n", { over: "m", triggerRule: "all_done" })]),
    );
    world.end("m", "failed", 0);
    world.end("m", "success", 2);
    expect(world.state("n")).toBe("none");
    world.end("m", "success", 1);
    expect(world.states().n).toEqual(["queued", "queued"]);
  });

  test.each(["failed", "skipped"] as const)("over a list that %s is skipped when its rule lets it run", (ending) => {
    const world = new World(aCompiledGraph([aTask("list"), aTask("m", { over: "list", triggerRule: "all_done" })]));
    world.end("list", ending);
    expect(world.state("m")).toBe("skipped");
  });

  test("waits for its list though its rule would let it start", () => {
    const world = new World(
      aCompiledGraph([
        aTask("a"),
        aTask("list"),
        aTask("m", { after: ["a"], over: "list", triggerRule: "one_success" }),
      ]),
    );
    world.end("a");
    expect(world.state("m")).toBe("none");
    world.end("list", 2);
    expect(world.states().m).toEqual(["queued", "queued"]);
  });

  test("of 5 000 elements comes in steps of 2 000, visibly and again after a crash (R1)", () => {
    const world = new World(
      aCompiledGraph([aTask("list"), aTask("m", { over: "list", kind: "empty" }), aTask("join", { after: ["m"] })]),
      { checks: false },
    );
    world.tick([world.ending("list", 5_000)]);
    expect(world.run.head.obligations).toEqual([{ kind: "expand", taskId: "m", total: 5_000, next: 2_000 }]);
    expect(world.state("join")).toBe("none");
    world.crash();
    expect(world.run.head.obligations).toEqual([]);
    expect(world.commits.every((commit) => commit.instances.length <= 2_002)).toBe(true);
    expect(world.state("m", 4_999)).toBe("success");
    expect(world.state("join")).toBe("queued");
  });
});

const GROUP: GraphSpec = { groups: [{ groupId: "g", over: "list" }] };
const inGroup = (joinRule: "all_success" | "all_done" = "all_success") =>
  aCompiledGraph(
    [
      aTask("list"),
      aTask("a", { after: ["list"], group: "g" }),
      aTask("b", { after: ["a"], group: "g" }),
      aTask("join", { after: ["b"], triggerRule: joinRule }),
    ],
    GROUP,
  );

describe("a mapped group", () => {
  test("lets each index flow on by itself", () => {
    const world = new World(inGroup("all_done"));
    world.end("list", 3);
    world.end("a", "success", 1);
    expect(world.states()).toMatchObject({ a: ["queued", "success", "queued"], b: ["none", "queued", "none"] });
    world.end("a", "failed", 0);
    expect(world.states().b).toEqual(["upstream_failed", "queued", "none"]);
    world.end("b", "success", 1);
    world.end("a", "success", 2);
    world.end("b", "skipped", 2);
    expect(world.state("join")).toBe("queued");
  });

  test.each([
    [0, "skipped"],
    ["failed", "upstream_failed"],
    ["skipped", "skipped"],
  ] as const)("over a list that ends with %s is %s as a whole", (ending, state) => {
    const world = new World(inGroup());
    world.end("list", ending);
    expect(world.states()).toMatchObject({ a: state, b: state, join: state });
  });

  test("of 3 000 elements makes all its tasks in lock-step, 2 000 instances a commit", () => {
    const world = new World(inGroup(), { checks: false, limit: 5 });
    world.tick([world.ending("list", 3_000)]);
    expect(world.run.head.obligations).toMatchObject([
      { taskId: "a", next: 1_000 },
      { taskId: "b", next: 1_000 },
    ]);
    world.settle();
    expect(world.commits.every((commit) => commit.instances.length <= 2_010)).toBe(true);
    world.limit = Infinity;
    world.finish();
    expect(world.run.head.state).toBe("success");
    expect(world.state("b", 2_999)).toBe("success");
  });

  test("waits for its list with every task, also those that nothing in the group is above", () => {
    const world = new World(
      aCompiledGraph(
        [aTask("list"), aTask("x"), aTask("a", { after: ["x"], group: "g", triggerRule: "always" })],
        GROUP,
      ),
    );
    expect(world.state("a")).toBe("none");
    world.end("list", 2);
    expect(world.states().a).toEqual(["queued", "queued"]);
  });

  test("goes on when its list comes back after it was cleared alone", () => {
    const world = new World(inGroup());
    world.end("list", 2);
    world.clear({ taskIds: ["list"] });
    world.end("a", "success", 0);
    expect(world.states().b).toEqual(["none", "none"]);
    world.end("list", 2);
    expect(world.states().b).toEqual(["queued", "none"]);
    world.finish();
    expect(world.run.head.state).toBe("success");
  });
});

describe("a list of another length after a clear", () => {
  const plain = () => aCompiledGraph([aTask("list"), aTask("m", { over: "list" }), aTask("join", { after: ["m"] })]);

  function finished(compiled: ReturnType<typeof plain>, length: number): World {
    const world = new World(compiled);
    world.finish((taskId) => (taskId === "list" ? length : "success"));
    expect(world.run.head.state).toBe("success");
    return world;
  }

  test.each([
    [3, 5],
    [5, 3],
    [3, 0],
    [0, 3],
  ])("%i then %i elements: exactly the new ones run, the others are removed", (before, after) => {
    for (const compiled of [plain(), inGroup()]) {
      const mapped = compiled.tasks[1].taskId;
      const world = finished(compiled, before);
      world.clear({ taskIds: ["list"], downstream: true });
      world.end("list", after);
      world.finish();
      expect(world.states()).toMatchObject({
        [mapped]: after === 0 ? "skipped" : Array(after).fill("success"),
        join: after === 0 ? "skipped" : "success",
      });
      const gone = [...world.rows.rows.values()].filter((row) => row.taskId === mapped && row.state === "removed");
      expect(gone.map((row) => row.mapIndex)).toEqual(
        Array.from({ length: Math.max(0, before - after) }, (_, i) => after + i),
      );
      expect(gone.every((row) => row.cause?.code === "INDEX_GONE")).toBe(true);
    }
  });

  test("an index that was removed comes back", () => {
    const world = finished(plain(), 4);
    for (const length of [2, 4, 0, 3]) {
      world.clear({ taskIds: ["list"], downstream: true });
      world.finish((taskId) => (taskId === "list" ? length : "success"));
      expect(world.run.head.state).toBe("success");
    }
    expect(world.states().m).toEqual(["success", "success", "success"]);
  });

  test("the join goes on though it waited for removed indexes alone", () => {
    for (const compiled of [plain(), inGroup()]) {
      const mapped = compiled.tasks[1].taskId;
      const world = finished(compiled, 5);
      world.clear({ taskIds: [mapped], mapIndexes: [4], downstream: true, upstream: true });
      expect(world.states()).toMatchObject({ list: "queued", join: "none" });
      world.end("list", 3);
      world.finish();
      expect(world.states()).toMatchObject({ [mapped]: ["success", "success", "success"], join: "success" });
    }
  });

  test("a removed index that runs is stopped", () => {
    const world = new World(plain());
    world.end("list", 3);
    const running = world.dispatchOf("m", 2);
    world.plan(world.started("m", 0));
    world.clear({ taskIds: ["list"] });
    world.clear({ taskIds: ["m"], mapIndexes: [0] });
    world.end("m", "failed", 0);
    world.passTime();
    // Cleared while it ran: it waits for the list again like everything that was cleared.
    expect(world.state("m", 0)).toBe("none");
    world.end("list", 2);
    expect(world.stops).toContain(running);
    expect(world.states().m).toEqual(["queued", "queued"]);
  });

  test.each([1_500, 9_000, 22_000])(
    "counts also while the instances before are still being made (20 000, then %i)",
    (after) => {
      const world = new World(plain(), { checks: false });
      world.tick([world.ending("list", 20_000)]);
      world.tick([{ kind: "clear", select: { taskIds: ["list"] }, by: "user:a" }]);
      // What was made in the plan of the clear itself does not start without its list either.
      expect(world.state("m", 2_000)).toBe("none");
      for (let i = 0; i < 2; i += 1) world.tick([{ kind: "evaluate" }]);
      expect(world.run.head.obligations).toMatchObject([{ next: 8_000 }]);
      world.tick([world.ending("list", after)]);
      world.finish();
      expect(world.states().m).toHaveLength(after);
      expect(world.run.head).toMatchObject({ state: "success", obligations: [] });
    },
  );
});

describe("what thousands of instances tell those below them", () => {
  const N = 3_000;
  const looks = (world: World, endingOf: (mapIndex: number) => Ending): number => {
    world.settle();
    const seen = vi.spyOn(Draft.prototype, "state");
    const endings = Array.from({ length: N }, (_, i) => world.ending("a", endingOf(i), i));
    seen.mockClear();
    world.tick(endings);
    const { length } = seen.mock.calls;
    seen.mockRestore();
    return length / N;
  };

  test("is news once, not to each of thousands each time, when both are mapped and run again", () => {
    const world = new World(aCompiledGraph([aTask("a", { over: N }), aTask("b", { over: "a" })]), { checks: false });
    world.finish();
    world.clear({});
    expect(looks(world, () => "success")).toBeLessThan(60);
    expect(new Set(world.states().b)).toEqual(new Set(["queued"]));
  });

  test("reaches a mapped group's own index alone, and other indexes with the last", () => {
    const world = new World(
      aCompiledGraph(
        [
          aTask("a", { kind: "shortCircuit", group: "g" }),
          aTask("b", { after: ["a"], group: "g" }),
          aTask("c", { after: ["b"], group: "g", triggerRule: "all_done" }),
          aTask("join", { after: ["c"] }),
        ],
        { groups: [{ groupId: "g", over: N }] },
      ),
      { checks: false },
    );
    expect(looks(world, (i) => (i % 2 === 0 ? ["on"] : []))).toBeLessThan(60);
    const half = (even: string): unknown[] => Array.from({ length: N }, (_, i) => (i % 2 === 0 ? even : "skipped"));
    expect(world.states()).toMatchObject({ b: half("queued"), c: half("none"), join: "skipped" });
  });

  test("wakes a mapped group that waits for all of them, with the last", () => {
    const world = new World(
      aCompiledGraph([aTask("a", { over: N }), aTask("b", { after: ["a"], group: "g" })], {
        groups: [{ groupId: "g", over: N }],
      }),
      { checks: false },
    );
    expect(looks(world, () => "success")).toBeLessThan(60);
    expect(new Set(world.states().b)).toEqual(new Set(["queued"]));
  });
});
