import { describe, expect, test } from "vitest";
import type { Graph, GraphTask } from "../graph/graph.ts";
import { buildDag, dag, findDags, isDag } from "./dag.ts";
import type { DagOptions } from "./options.ts";
import type { Scope } from "./scope.ts";
import { operator } from "./operator.ts";
import { asset } from "./asset.ts";
import { notifier } from "./callback.ts";
import { pick, stream } from "./handle.ts";
import { item, template, variable } from "./refs.ts";
import { assetsOrTime, continuous, cron, cronTrigger, customTimetable, events, every, nextCustomTimes, once } from "./schedules.ts";
import { zip } from "./scope.ts";

const build = (builder: (scope: Scope) => void, options: DagOptions<object> = {}): Graph => buildDag(dag("d", options, builder as never)).graph;
const taskOf = (graph: Graph, taskId: string): GraphTask => {
  const found = graph.tasks.find((task) => task.taskId === taskId);
  if (!found) throw new Error(`no task ${taskId}`);
  return found;
};
/** `upstream via choices`, by name. */
const edgesOf = (graph: Graph, taskId: string): readonly string[] =>
  taskOf(graph, taskId).upstream.map((edge) => [graph.tasks[edge.task].taskId, edge.via, ...(edge.choices ?? [])].join(" "));
const nothing = (): null => null;
const MINUTE = 60_000_000;

describe("defaults", () => {
  test("a task without options has the defaults of Airflow, with our decisions", () => {
    const [task] = build(({ task }) => void task("t", nothing)).tasks;
    expect(task).toEqual({
      taskId: "t",
      operator: "FunctionOperator",
      owner: "airflow",
      kind: "task",
      inlets: [],
      outlets: [],
      callbacks: [],
      templated: [],
      pushesResult: true,
      upstream: [],
      retries: 0,
      retryDelayMicros: 5 * MINUTE,
      exponentialBackoff: false,
      dependsOnPast: false,
      waitForDownstream: false,
      pool: "default_pool",
      poolSlots: 1,
      priorityWeight: 1,
      weightRule: "downstream",
      priority: 1,
      queue: "default",
      isolation: "shared",
      singleAttempt: false,
      triggerRule: "all_success",
      inputs: {},
    });
  });

  test("a DAG without options has the defaults of Airflow, with our decisions", () => {
    expect(build(nothing).dag).toEqual({
      tags: [],
      schedule: { kind: "none" },
      catchup: false,
      maxActiveRuns: 16,
      maxActiveTasks: 16,
      maxConsecutiveFailedRuns: 0,
      failFast: false,
      params: {},
      callbacks: [],
    });
  });

  test("a task's own argument wins over its group's, the outer group's and the DAG's", () => {
    const graph = build(
      ({ group, task }) => {
        task("top", nothing);
        group("outer", { defaults: { queue: "outer", owner: "outer" } }, ({ group }) => {
          group("inner", { defaults: { queue: "inner" } }, ({ task }) => {
            task("given", { queue: "own" }, nothing);
            task("inherited", { queue: undefined }, nothing);
          });
        });
      },
      { defaults: { queue: "dag", owner: "dag", retries: 7 } },
    );
    expect(graph.tasks.map((task) => [task.taskId, task.queue, task.owner, task.retries])).toEqual([
      ["top", "dag", "dag", 7],
      ["outer.inner.given", "own", "outer", 7],
      ["outer.inner.inherited", "inner", "outer", 7],
    ]);
  });
});

describe("arguments", () => {
  test("every argument of a task arrives in the graph", () => {
    const say = notifier({ name: "say", notify: (_options: { to: string }) => undefined });
    const graph = build(
      ({ task }) =>
        void task(
          "t",
          {
            owner: "me", retries: 3, retryDelay: "10s", exponentialBackoff: true, maxRetryDelay: "1h", executionTimeout: "2m", waitForDownstream: true,
            triggerRule: "all_done", pool: "gpu", poolSlots: 2, priorityWeight: 5, weightRule: "absolute", queue: "big", maxActivePerDag: 4, maxActivePerRun: 2,
            start: "2025-01-01", end: "2025-02-01T12:00", isolation: "process", deadline: "3h", pushResult: false, displayName: "T!", doc: "# T",
            inlets: [asset("s3://in")], outlets: [asset("s3://out"), asset("s3://out")], params: { deep: 1 },
            onExecute: nothing as never, onSuccess: [say({ to: "x" })], onFailure: nothing as never, onRetry: nothing as never, onSkip: nothing as never,
          },
          nothing,
        ),
    );
    expect(graph.tasks[0]).toMatchObject({
      owner: "me", retries: 3, retryDelayMicros: 10_000_000, exponentialBackoff: true, maxRetryDelayMicros: 60 * MINUTE, executionTimeoutMicros: 2 * MINUTE,
      dependsOnPast: true, waitForDownstream: true, triggerRule: "all_done", pool: "gpu", poolSlots: 2, priorityWeight: 5, weightRule: "absolute", queue: "big",
      maxActivePerDag: 4, maxActivePerRun: 2, start: Date.UTC(2025, 0, 1) * 1_000, end: Date.UTC(2025, 1, 1, 12) * 1_000, isolation: "process",
      deadlineMicros: 180 * MINUTE, pushesResult: false, displayName: "T!", docMd: "# T", inlets: ["s3://in"], outlets: ["s3://out"],
      params: { deep: { default: 1, schema: { type: "number" } } }, callbacks: ["execute", "success", "failure", "retry", "skip"],
    });
  });

  test("every argument of a DAG arrives in the graph", () => {
    const graph = build(nothing, {
      schedule: every("1h"), start: "2025-01-01", end: "2026-01-01", catchup: true, maxActiveRuns: 2, maxActiveTasks: 3, maxConsecutiveFailedRuns: 4, runTimeout: "1h",
      deadline: "2h", failFast: true, tags: ["a", "a"], displayName: "D!", description: "d", doc: "# D", ownerLinks: { me: "mailto:me@example.org" },
      pausedUponCreation: true, accessControl: { Ops: ["can_read"] }, params: { n: 1 }, onSuccess: nothing as never, onFailure: nothing as never, onDeadlineMissed: nothing as never,
    });
    expect(graph.dag).toEqual({
      schedule: { kind: "interval", everyMicros: 60 * MINUTE }, start: Date.UTC(2025, 0, 1) * 1_000, end: Date.UTC(2026, 0, 1) * 1_000, catchup: true, maxActiveRuns: 2,
      maxActiveTasks: 3, maxConsecutiveFailedRuns: 4, runTimeoutMicros: 60 * MINUTE, deadlineMicros: 120 * MINUTE, failFast: true, tags: ["a"], displayName: "D!",
      description: "d", docMd: "# D", ownerLinks: { me: "mailto:me@example.org" }, pausedUponCreation: true, accessControl: { Ops: ["can_read"] },
      params: { n: { default: 1, schema: { type: "number" } } }, callbacks: ["success", "failure", "deadline"],
    });
  });

  test("a task that never starts twice has no retries of its DAG and a process of its own", () => {
    const graph = build(({ task }) => void task("pay", { singleAttempt: true }, nothing), { defaults: { retries: 3 } });
    expect(graph.tasks[0]).toMatchObject({ retries: 0, isolation: "process", singleAttempt: true });
  });
});

describe("kinds of tasks", () => {
  test("a sensor has its defaults and arguments", () => {
    const graph = build(({ sensor }) => {
      sensor("plain", { timeout: "1h" }, nothing);
      sensor("full", { timeout: "1h", every: "5s", mode: "defer", softFail: true, backoff: true, maxWait: "1m" }, nothing);
    });
    expect(graph.tasks.map((task) => task.sensor)).toEqual([
      { mode: "poke", everyMicros: MINUTE, timeoutMicros: 60 * MINUTE, softFail: false, exponentialBackoff: false },
      { mode: "defer", everyMicros: 5_000_000, timeoutMicros: 60 * MINUTE, softFail: true, exponentialBackoff: true, maxWaitMicros: MINUTE },
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
    expect([true, false].map((isLatest) => bodies.get("latest")?.run({}, { isLatest } as never))).toEqual([true, false]);
  });

  test("an operator gives its name, color, documentation and templates", () => {
    const greet = operator({ name: "GreetOperator", color: "#ff0000", doc: "Greets.", templated: ["who"], run: ({ who }: { who: string }) => who });
    const graph = build(({ task }) => void task("hi", greet({ who: "{{ ds }}" })));
    expect(graph.tasks[0]).toMatchObject({ operator: "GreetOperator", color: "#ff0000", docMd: "Greets.", templated: ["who"] });
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
    const graph = build(({ group }) => void group("g", { prefix: false, tooltip: "t" }, ({ task }) => void task("a", nothing)));
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
      each: { mode: "product", sources: [{ name: "x", from: "task", task: 0 }, { name: "y", from: "literal", length: 3 }, { name: "z", from: "param", param: "zs" }] },
      mapName: "{{ x }}",
    });
    expect(taskOf(graph, "zipped").each).toEqual({ mode: "zip", sources: [{ name: "x", from: "task", task: 0 }, { name: "y", from: "literal", length: 1 }] });
    expect(edgesOf(graph, "zipped")).toEqual(["list data"]);
  });

  test("a mapped result is read as list or stream; inside its group, index by index", () => {
    const graph = build(({ task, map, mapGroup }) => {
      const list = task("list", () => [1, 2]);
      const doubled = map("doubled", { each: { x: list } }, () => 1);
      const g = mapGroup("g", { each: { x: doubled } }, ({ task }, { x }) => {
        const a = task("a", { input: { x, all: doubled } }, () => 1);
        return { b: task("b", { input: { a } }, () => 2) };
      });
      task("end", { input: { list, doubled, many: stream(doubled), b: g.b, key: g.b.key("k"), parts: [list, doubled] } }, nothing);
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
    const run = operator({ name: "RunOperator", run: (_: { argv: readonly string[]; env: Record<string, string>; count: number }) => 1 });
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

describe("schedules", () => {
  test.each([
    [cron("@daily", "Europe/Berlin"), { kind: "cron", expression: "@daily", zone: "Europe/Berlin" }],
    [cronTrigger("0 1 * * *", { interval: "1d" }), { kind: "cronTrigger", expression: "0 1 * * *", zone: "UTC", intervalMicros: 1_440 * MINUTE }],
    [every("90s"), { kind: "interval", everyMicros: 90_000_000 }],
    [once(), { kind: "once" }],
    [events(["2025-01-02", "2025-01-01"]), { kind: "events", at: [Date.UTC(2025, 0, 1) * 1_000, Date.UTC(2025, 0, 2) * 1_000] }],
    [asset("a://1"), { kind: "assets", rule: { asset: "a://1" } }],
    [asset("a://1").or(asset("a://2")).or(asset("a://3")), { kind: "assets", rule: { any: [{ asset: "a://1" }, { asset: "a://2" }, { asset: "a://3" }] } }],
    [
      assetsOrTime(asset("a://1").and(asset("a://2").or(asset("a://3"))), cron("@hourly")),
      { kind: "assetsOrTime", rule: { all: [{ asset: "a://1" }, { any: [{ asset: "a://2" }, { asset: "a://3" }] }] }, time: { kind: "cron", expression: "@hourly", zone: "UTC" } },
    ],
    [null, { kind: "none" }],
  ])("%#: a schedule is plain data", (schedule, data) => {
    expect(JSON.parse(JSON.stringify(build(nothing, { schedule }).dag.schedule))).toEqual(data);
  });

  test("a continuous DAG has one active run", () => {
    expect(build(nothing, { schedule: continuous() }).dag.maxActiveRuns).toBe(1);
  });

  test("bounds without an offset are on the wall of the schedule", () => {
    expect(build(nothing, { schedule: cron("@daily", "Europe/Berlin"), start: "2025-01-01" }).dag.start).toBe(Date.UTC(2024, 11, 31, 23) * 1_000);
  });

  test("a custom timetable keeps its code with the DAG and answers with its next times", () => {
    const next = (after: string): { start: string; end: string } | null =>
      after < "2025-01-03" ? { start: after, end: new Date(Date.parse(after) + 86_400_000).toISOString() } : null;
    const { graph, timetable } = buildDag(dag("d", { schedule: customTimetable("days", next) }, nothing));
    expect(JSON.stringify(graph.dag.schedule)).toBe('{"kind":"custom","name":"days"}');
    const start = Date.UTC(2025, 0, 1) * 1_000;
    const times = nextCustomTimes(timetable as never, start, 50);
    expect(times.map((run) => [run.logicalDate - start, run.runAfter - start])).toEqual([
      [0, 1_440 * MINUTE],
      [1_440 * MINUTE, 2_880 * MINUTE],
    ]);
    expect(() => nextCustomTimes({ name: "stuck", next: (after) => ({ start: after, end: after }) }, start, 1)).toThrow(/stuck: the interval .* does not end after/);
  });
});

describe("mistakes", () => {
  const opened = buildDag; // Keeps the name short below.
  const mistake = (builder: (scope: Scope) => unknown, options: DagOptions<object> = {}): (() => unknown) => () => opened(dag("d", options, builder as never));

  test.each([
    ["the same id twice", mistake(({ task }) => [task("t", nothing), task("t", nothing)]), "DAG d, task t: the id t is used twice"],
    ["a group with the id of a task", mistake(({ task, group }) => [task("t", nothing), group("t", nothing)]), "DAG d, group t: the id t is used twice"],
    ["an id with a blank", mistake(({ task }) => task("a b", nothing)), 'DAG d, task a b: the id "a b" is not allowed'],
    ["an id that is too long", mistake(({ task }) => task("a".repeat(251), nothing)), "is not allowed: use 1 to 250"],
    ["a task of another DAG", () => {
      let foreign: unknown;
      buildDag(dag("other", ({ task }) => void (foreign = task("t", nothing))));
      mistake(({ task }) => task("u", { input: { foreign } }, nothing))();
    }, "DAG d, task u: it uses t, which is a task of another DAG"],
    ["an async builder", mistake(() => Promise.reject(new Error("late"))), "DAG d: the builder is async"],
    ["a builder that differs", () => { let n = 0; opened(dag("d", ({ task }) => void task(`t${(n += 1)}`, nothing))); }, "first at task t1"],
    ["an unknown option", mistake(({ task }) => task("t", { retrys: 1 } as never, nothing)), "DAG d, task t: retrys is not an option here"],
    ["a wrong option", mistake(({ task }) => task("t", { retries: -1 }, nothing)), "DAG d, task t: retries: needs a whole number of at least 0, not -1"],
    ["a wrong default", mistake(nothing, { defaults: { retryDelay: "soon" as never } }), "DAG d: retryDelay"],
    ["an unknown rule", mistake(({ task }) => task("t", { triggerRule: "some" as never }, nothing)), "triggerRule: needs one of all_success"],
    ["a bad pool name", mistake(({ task }) => task("t", { pool: "my pool" }, nothing)), "pool: needs 1 to 250"],
    ["no body", mistake(({ task }) => (task as (id: string) => unknown)("t")), "task() needs a function or an operator"],
    ["mapping in a mapped group", mistake(({ mapGroup }) => mapGroup("g", { each: { x: [1] } }, (scope) => (scope as Scope).map("m", { each: { y: [1] } }, nothing))), "it is inside the mapped group g"],
    ["mapping over a number", mistake(({ map }) => map("m", { each: { x: 5 as never } }, nothing)), "each.x: needs a list"],
    ["mapping over nothing", mistake(({ map }) => map("m", { each: {} }, nothing)), "each: names nothing to map over"],
    ["an element outside its group", mistake(({ mapGroup, task }) => {
      let leaked: unknown;
      mapGroup("g", { each: { x: [1] } }, (_, { x }) => void (leaked = x));
      task("t", { input: { leaked } }, nothing);
    }), "the element x of group g exists only inside that group"],
    ["item() that names nothing", mistake(({ task }) => task("t", operator({ name: "O", run: (_: { x: string }) => 1 })({ x: item("y") }))), 'item("y") names nothing in each'],
    ["a teardown of a task", mistake(({ task, teardown }) => teardown("t", { setups: [task("s", nothing)] }, nothing)), "s is not a setup"],
    ["another rule below a setup", mistake(({ setup, task }) => task("t", { after: [setup("s", nothing)], triggerRule: "all_done" }, nothing)), "directly after the setup s"],
    ["fail fast with another rule", mistake(({ task }) => task("t", { triggerRule: "all_done" }, nothing), { failFast: true }), "failFast needs the triggerRule all_success"],
    ["continuous with two runs", mistake(nothing, { schedule: continuous(), maxActiveRuns: 2 }), "continuous() needs maxActiveRuns 1"],
    ["an end before the start", mistake(nothing, { start: "2025-01-02", end: "2025-01-01" }), "end is before start"],
    ["retries of a single attempt", mistake(({ task }) => task("t", { singleAttempt: true, retries: 1 }, nothing)), "singleAttempt means that it never starts twice"],
    ["a param whose default does not fit", mistake(nothing, { params: { p: undefined }, schedule: once() }), "DAG d: params: Invalid input for param p"],
    ["something else in after", mistake(({ task }) => task("t", { after: ["x" as never] }, nothing)), "after[0] is not a task, a group or route.on"],
    ["a sensor operator as a task", mistake(({ task }) => task("t", operator({ name: "WaitSensor", kind: "sensor", run: (_: object) => 1 })({}))), "declare it with sensor("],
  ])("%s is refused with the place and what to do", (_name, act, message) => {
    expect(act).toThrow(message);
    expect(act).toThrow(expect.objectContaining({ code: "BAD_DAG" }));
  });

  test("an error carries the line of the call", () => {
    const line = Number(new Error().stack?.match(/build\.test\.ts:(\d+)/)?.[1]) + 1;
    const act = mistake(({ task }) => task("t", { retries: -1 }, nothing));
    expect(act).toThrow(new RegExp(`build\\.test\\.ts:${line}:\\d+\\)$`));
  });
});

test("the loader finds each DAG among the exports of a module once", () => {
  const one = dag("one", nothing);
  expect(findDags({ one, default: one, text: "x", none: null }).map((found) => found.dagId)).toEqual(["one"]);
  expect(isDag({ dagId: "one" })).toBe(false);
});

test("variables and templates make no edges", () => {
  const echo = operator({ name: "Echo", run: ({ text }: { text: string }) => text });
  expect(build(({ task }) => void task("t", echo({ text: variable("v") }))).tasks[0]).toMatchObject({ upstream: [], inputs: {} });
});
