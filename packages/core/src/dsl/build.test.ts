import { describe, expect, test } from "vitest";
import type { Graph, GraphTask } from "../graph/graph.ts";
import { buildDag, dag, findDags, isDag } from "./dag.ts";
import type { DagOptions } from "./options.ts";
import type { Scope } from "./scope.ts";
import { operator } from "./operator.ts";
import { concat, pick, stream, transform } from "./handle.ts";
import { template, variable } from "./refs.ts";
import { zip } from "./scope.ts";

const build = (builder: (scope: Scope) => void, options: DagOptions<object> = {}): Graph =>
  buildDag(dag("d", options, builder as never)).graph;
const taskOf = (graph: Graph, taskId: string): GraphTask => {
  const found = graph.tasks.find((task) => task.taskId === taskId);
  if (!found) throw new Error(`no task ${taskId}`);
  return found;
};
/** `upstream via choices`, by name. */
const edgesOf = (graph: Graph, taskId: string): readonly string[] =>
  taskOf(graph, taskId).upstream.map((edge) =>
    [graph.tasks[edge.task].taskId, edge.via, ...(edge.choices ?? [])].join(" "),
  );
const nothing = (): null => null;
const MINUTE = 60_000_000;

describe("kinds of tasks", () => {
  test("a sensor has its defaults and arguments", () => {
    const graph = build(({ sensor }) => {
      sensor("plain", { timeout: "1h" }, nothing);
      sensor(
        "full",
        { timeout: "1h", every: "5s", mode: "defer", softFail: true, silentFail: true, backoff: true, maxWait: "1m" },
        nothing,
      );
    });
    expect(graph.tasks.map((task) => task.sensor)).toEqual([
      { mode: "poke", everyMicros: MINUTE, timeoutMicros: 60 * MINUTE, softFail: false, exponentialBackoff: false },
      {
        mode: "defer",
        everyMicros: 5_000_000,
        timeoutMicros: 60 * MINUTE,
        softFail: true,
        silentFail: true,
        exponentialBackoff: true,
        maxWaitMicros: MINUTE,
      },
    ]);
  });

  test("short circuits, latest-only and empty tasks have their kinds", () => {
    const graph = build(({ shortCircuit, latestOnly, empty }) => {
      shortCircuit("all", () => true);
      shortCircuit("direct", { respectTriggerRules: true }, () => true);
      latestOnly("latest");
      empty("nothing");
    });
    expect(graph.tasks.map((task) => [task.kind, task.respectTriggerRules, task.operator])).toEqual([
      ["shortCircuit", false, "ShortCircuitOperator"],
      ["shortCircuit", true, "ShortCircuitOperator"],
      ["shortCircuit", true, "LatestOnlyOperator"],
      ["empty", undefined, "EmptyOperator"],
    ]);
  });

  test("latest-only answers with what its context says", () => {
    const { bodies } = buildDag(dag("d", ({ latestOnly }) => void latestOnly("latest")));
    expect([true, false].map((isLatest) => bodies.get("latest")?.run({}, { isLatest } as never))).toEqual([
      true,
      false,
    ]);
  });

  test("an operator gives its name, color, documentation and templates", () => {
    const greet = operator({
      name: "GreetOperator",
      color: "#ff0000",
      doc: "Greets.",
      templated: ["who"],
      run: ({ who }: { who: string }) => who,
    });
    const graph = build(({ task }) => void task("hi", greet({ who: "{{ ds }}" })));
    expect(graph.tasks[0]).toMatchObject({
      operator: "GreetOperator",
      color: "#ff0000",
      docMd: "Greets.",
      templated: ["who"],
    });
  });

  test("an outcome of a branch is on its edges, also through a group and beside data", () => {
    const graph = build(({ branch, task, group }) => {
      const route = branch("route", () => ["a", "b", "c"][0] as "a" | "b" | "c");
      task("either", { after: [route.on("a"), route.on("b")] }, nothing);
      task("both", { after: [route.on("c")], input: { route } }, nothing);
      task("always", { after: [route] }, nothing);
      group("g", { after: [route.on("a", "c")] }, ({ task }) => {
        const first = task("first", nothing);
        task("second", { after: [first] }, nothing);
      });
    });
    expect(edgesOf(graph, "either")).toEqual(["route order a b"]);
    expect(edgesOf(graph, "both")).toEqual(["route data c"]);
    expect(edgesOf(graph, "always")).toEqual(["route order"]);
    expect(edgesOf(graph, "g.first")).toEqual(["route order a c"]);
    expect(edgesOf(graph, "g.second")).toEqual(["g.first order"]);
  });
});

describe("groups", () => {
  test("edges to a group reach its first tasks, edges from it leave its last ones", () => {
    const graph = build(({ task, group }) => {
      const before = task("before", nothing);
      const g = group("g", { after: [before] }, ({ task, group }) => {
        const a = task("a", nothing);
        group("deep", ({ task }) => void task("b", { after: [a] }, nothing));
        task("c", nothing);
      });
      task("after", { after: [g] }, nothing);
    });
    expect(graph.tasks.map((task) => [task.taskId, edgesOf(graph, task.taskId)])).toEqual([
      ["before", []],
      ["g.a", ["before order"]],
      ["g.deep.b", ["g.a order"]],
      ["g.c", ["before order"]],
      ["after", ["g.deep.b order", "g.c order"]],
    ]);
    expect(graph.groups).toEqual([
      { groupId: "g", prefix: true },
      { groupId: "g.deep", parent: 0, prefix: true },
    ]);
  });

  test("a group without tasks passes on what it comes after", () => {
    const graph = build(({ task, group }) => {
      const before = task("before", nothing);
      const hollow = group("hollow", { after: [before] }, nothing);
      task("after", { after: [hollow] }, nothing);
    });
    expect(edgesOf(graph, "after")).toEqual(["before order"]);
  });

  test("a group without prefix leaves the ids alone", () => {
    const graph = build(
      ({ group }) => void group("g", { prefix: false, tooltip: "t" }, ({ task }) => void task("a", nothing)),
    );
    expect(graph.tasks[0]).toMatchObject({ taskId: "a", group: 0 });
    expect(graph.groups).toEqual([{ groupId: "g", prefix: false, tooltip: "t" }]);
  });

  test("a group that returns a handle is both the handle and the group", () => {
    const graph = build(({ task, group }) => {
      const g = group("g", ({ task }) => {
        const value = task("value", () => 1);
        task("last", { after: [value] }, nothing);
        return value;
      });
      task("reads", { input: { g } }, nothing);
      task("follows", { after: [g] }, nothing);
    });
    expect(edgesOf(graph, "reads")).toEqual(["g.value data"]);
    expect(edgesOf(graph, "follows")).toEqual(["g.last order"]);
  });
});

describe("mapping", () => {
  test("sources are tasks, lists of the file and params, side by side or as product", () => {
    const graph = build(
      ({ task, map, params }) => {
        const list = task("list", () => [1, 2]);
        map("product", { each: { x: list, y: ["a", "b", "c"], z: params.zs as never }, mapName: "{{ x }}" }, nothing);
        map("zipped", { each: zip({ x: list, y: new Map([["k", 1]]) }) }, nothing);
      },
      { params: { zs: [1] } },
    );
    expect(taskOf(graph, "product")).toMatchObject({
      each: {
        mode: "product",
        sources: [
          { name: "x", from: "task", task: 0 },
          { name: "y", from: "literal", length: 3 },
          { name: "z", from: "param", param: "zs" },
        ],
      },
      mapName: "{{ x }}",
    });
    expect(taskOf(graph, "zipped").each).toEqual({
      mode: "zip",
      sources: [
        { name: "x", from: "task", task: 0 },
        { name: "y", from: "literal", length: 1 },
      ],
    });
    expect(edgesOf(graph, "zipped")).toEqual(["list data"]);
  });

  test("sources may be several lists in a row, filled, or part of a result", () => {
    const graph = build(({ task, map }) => {
      const list = task("list", () => ({ rows: [1, 2] }));
      map("part", { each: { x: pick(list, "rows") } }, nothing);
      map(
        "filled",
        { each: zip({ x: concat(transform(pick(list, "rows"), String), ["a"]), y: [1] }, { fill: 0 }) },
        nothing,
      );
    });
    expect(taskOf(graph, "part").each).toEqual({
      mode: "product",
      sources: [{ name: "x", from: "task", task: 0, path: ["rows"] }],
    });
    expect(taskOf(graph, "filled").each).toEqual({
      mode: "zipLongest",
      sources: [
        {
          name: "x",
          from: "concat",
          parts: [
            { from: "task", task: 0, path: ["rows"] },
            { from: "literal", length: 1 },
          ],
        },
        { name: "y", from: "literal", length: 1 },
      ],
    });
    expect(edgesOf(graph, "filled")).toEqual(["list data"]);
  });

  test("a mapped result is read as list or stream; inside its group, index by index", () => {
    const graph = build(({ task, map, mapGroup }) => {
      const list = task("list", () => [1, 2]);
      const doubled = map("doubled", { each: { x: list } }, () => 1);
      const g = mapGroup("g", { each: { x: doubled } }, ({ task }, { x }) => {
        const a = task("a", { input: { x, all: doubled } }, () => 1);
        return { b: task("b", { input: { a } }, () => 2) };
      });
      task(
        "end",
        { input: { list, doubled, many: stream(doubled), b: g.b, key: g.b.key("k"), parts: [list, doubled] } },
        nothing,
      );
    });
    expect(taskOf(graph, "g.a").inputs).toEqual({ all: { task: 1, join: "list" } });
    expect(taskOf(graph, "g.b").inputs).toEqual({ a: { task: 2, join: "value" } });
    expect(edgesOf(graph, "g.a")).toEqual(["doubled data"]);
    expect(taskOf(graph, "end").inputs).toEqual({
      list: { task: 0, join: "value" },
      doubled: { task: 1, join: "list" },
      many: { task: 1, join: "stream" },
      b: { task: 3, join: "list" },
      key: { task: 3, join: "list", key: "k" },
      "parts.0": { task: 0, join: "value" },
      "parts.1": { task: 1, join: "list" },
    });
  });

  test("options of operators have their handles by path, also deep inside", () => {
    const run = operator({
      name: "RunOperator",
      run: (_: { argv: readonly string[]; env: Record<string, string>; count: number }) => 1,
    });
    const graph = build(({ task }) => {
      const text = task("text", () => "x");
      const stats = task("stats", () => ({ n: 1 }));
      task("run", run({ argv: ["-c", text], env: { A: text, B: template("{{ ds }}") }, count: pick(stats, "n") }));
    });
    expect(taskOf(graph, "run").inputs).toEqual({
      "options.argv.1": { task: 0, join: "value" },
      "options.env.A": { task: 0, join: "value" },
      "options.count": { task: 1, join: "value" },
    });
  });
});

describe("setup and teardown", () => {
  test("the work between a setup and its teardown is in its scope, and nothing else", () => {
    const graph = build(({ task, setup, teardown }) => {
      const before = task("before", nothing);
      const cluster = setup("cluster", { after: [before] }, () => "c");
      const query = task("query", { input: { cluster } }, nothing);
      const more = task("more", { after: [query] }, nothing);
      const gone = teardown("gone", { setups: [cluster], input: { cluster } }, nothing);
      task("beside", { after: [query] }, nothing);
      task("later", { after: [gone] }, nothing);
      void more;
    });
    expect(edgesOf(graph, "gone")).toEqual(["cluster data", "more order"]);
    expect(graph.tasks.map((task) => [task.taskId, task.setups, task.setup ?? task.teardown])).toEqual([
      ["before", undefined, undefined],
      ["cluster", undefined, true],
      ["query", [1], undefined],
      ["more", [1], undefined],
      ["gone", [1], true],
      ["beside", undefined, undefined],
      ["later", undefined, undefined],
    ]);
    expect(taskOf(graph, "gone")).toMatchObject({ triggerRule: "all_done_setup_success", onFailureFailRun: false });
  });

  test("scopes nest", () => {
    const graph = build(({ task, setup, teardown }) => {
      const outer = setup("outer", nothing);
      const inner = setup("inner", { after: [outer] }, nothing);
      const work = task("work", { after: [inner] }, nothing);
      const innerGone = teardown("inner_gone", { setups: [inner], after: [work] }, nothing);
      teardown("outer_gone", { setups: [outer], after: [innerGone], onFailureFailRun: true }, nothing);
    });
    expect(graph.tasks.map((task) => task.setups)).toEqual([undefined, [0], [0, 1], [1], [0]]);
    expect(taskOf(graph, "outer_gone").onFailureFailRun).toBe(true);
  });

  test("a setup without teardown has everything below it in its scope", () => {
    const graph = build(({ task, setup }) => {
      const a = setup("a", nothing);
      const b = task("b", { after: [a] }, nothing);
      task("c", { after: [b] }, nothing);
    });
    expect(graph.tasks.map((task) => task.setups)).toEqual([undefined, [0], [0]]);
  });

  test("coming after a group means coming after its work, not its teardown", () => {
    const graph = build(({ task, group }) => {
      const g = group("g", ({ task, setup, teardown }) => {
        const up = setup("up", nothing);
        task("work", { after: [up] }, nothing);
        teardown("down", { setups: [up] }, nothing);
      });
      task("next", { after: [g] }, nothing);
    });
    expect(edgesOf(graph, "next")).toEqual(["g.work order"]);
  });

  test("a setup with nothing but its teardown below it counts as the end of a group only when there is no work", () => {
    const after = (withWork: boolean): readonly string[] => {
      const graph = build(({ task, group }) => {
        const g = group("g", ({ task, setup, teardown }) => {
          teardown("down", { setups: [setup("up", nothing)] }, nothing);
          if (withWork) task("work", nothing);
        });
        task("next", { after: [g] }, nothing);
      });
      return edgesOf(graph, "next");
    };
    expect(after(true)).toEqual(["g.work order"]);
    expect(after(false)).toEqual(["g.up order"]);
  });
});

test("the loader finds each DAG among the exports of a module once", () => {
  const one = dag("one", nothing);
  expect(findDags({ one, default: one, text: "x", none: null }).map((found) => found.dagId)).toEqual(["one"]);
  // One for each tenant, say.
  const many = ["b", "a"].map((dagId) => dag(dagId, () => undefined));
  expect(findDags({ many, again: many[0], mixed: [1, one] }).map((found) => found.dagId)).toEqual(["b", "a", "one"]);
  expect(isDag({ dagId: "one" })).toBe(false);
});

test("variables and templates make no edges", () => {
  const echo = operator({ name: "Echo", run: ({ text }: { text: string }) => text });
  expect(build(({ task }) => void task("t", echo({ text: variable("v") }))).tasks[0]).toMatchObject({
    upstream: [],
    inputs: {},
  });
});
