import { describe, expect, test } from "vitest";
import { MICROS } from "../model/instant.ts";
import { aCompiledGraph, aGraph, aTask, type GraphSpec, type TaskSpec } from "../plan/testing/a-graph.ts";
import { T0, World, type WorldOptions } from "../plan/testing/world.ts";
import type { SlotUse } from "../ports/why.ts";
import { said, someFacts, statesOf, whyOf } from "./testing/a-case.ts";

function aWorld(
  tasks: readonly TaskSpec[],
  { dag, ...options }: WorldOptions & { readonly dag?: GraphSpec } = {},
): World {
  return new World(aCompiledGraph(tasks, dag), options);
}

const use = (more: Partial<SlotUse> = {}): SlotUse => ({
  dagId: "etl",
  runId: 7,
  runKey: "r7",
  isBackfill: false,
  owner: 1,
  taskId: "load",
  pool: "default_pool",
  poolSlots: 1,
  active: 3,
  deferred: 0,
  ...more,
});

describe("what lies in the run", () => {
  test("an upstream task that has not ended is named with its state and the rule", () => {
    const world = aWorld([aTask("a"), aTask("b"), aTask("c", { after: ["a", "b"] })]);
    world.end("a");
    expect(whyOf(world, "c")).toEqual([
      { kind: "upstream", rule: "all_success", tasks: [{ taskId: "b", states: { queued: 1 }, missing: 0 }] },
    ]);
    expect(said(whyOf(world, "c"))).toEqual([
      {
        reason: "It waits for all upstream tasks to succeed (all_success): b is queued.",
        advice: "`millrace tasks why d b latest` says what that one waits for.",
      },
    ]);
  });

  test("of a mapped upstream task all states are counted, and a failed one is named with the open ones", () => {
    const world = aWorld([
      aTask("a", { over: 3 }),
      aTask("b"),
      aTask("c", { after: ["a", "b"], triggerRule: "all_done" }),
    ]);
    world.end("a", "failed", 1);
    world.end("b", "failed");
    expect(said(whyOf(world, "c"))[0].reason).toBe(
      "It waits for all upstream tasks to end (all_done): a has 2 queued and 1 failed and b is failed.",
    );
  });

  test("in a mapped group only the instance of the same map index counts", () => {
    const dag: GraphSpec = { groups: [{ groupId: "g", over: 3 }] };
    const world = aWorld([aTask("a", { group: "g" }), aTask("b", { group: "g", after: ["a"] })], { dag });
    world.end("a", "success", 0);
    world.plan(world.started("a", 1));
    expect(said(whyOf(world, "b", { mapIndex: 1 }))[0].reason).toMatch(/: a\[1\] is running\.$/);
    expect(said(whyOf(world, "b", { mapIndex: 2 }))[0].reason).toMatch(/: a\[2\] is queued\.$/);
    // Of an index that the facts do not tell of, what all wait for is said.
    expect(said(whyOf(world, "b", { mapIndex: 2, mapIndexes: [] }))[0].reason).toMatch(
      /: a has 1 success, 1 running and 1 queued\.$/,
    );
  });

  test("a setup in whose scope a task is has to succeed", () => {
    const tasks = [aTask("up", { setup: true }), aTask("x", { after: ["up"], triggerRule: "always", setups: ["up"] })];
    expect(said(whyOf(aWorld(tasks), "x"))[0].reason).toBe("It waits for its setup to succeed: up is queued.");
  });

  test("the length of a mapping is not known before its list is there", () => {
    const world = aWorld([aTask("a"), aTask("b", { over: "a", triggerRule: "always" })]);
    expect(said(whyOf(world, "b"))[0].reason).toBe(
      "How many instances there will be is not known yet; it maps over the result of a is queued.",
    );
    const dag: GraphSpec = { groups: [{ groupId: "g", over: "a" }] };
    expect(whyOf(aWorld([aTask("a"), aTask("b", { group: "g" })], { dag }), "b")).toEqual([
      { kind: "list", tasks: [{ taskId: "a", states: { queued: 1 }, missing: 0 }] },
    ]);
  });

  test("instances that are still being made are waited for", () => {
    const world = aWorld([aTask("a", { over: 2_500 }), aTask("b", { after: ["a"], triggerRule: "all_done" })], {
      checks: false,
    });
    expect(whyOf(world, "b")).toEqual([
      { kind: "upstream", rule: "all_done", tasks: [{ taskId: "a", states: { queued: 2_000 }, missing: 500 }] },
    ]);
  });

  test("what is promised of a command is carried out first", () => {
    const world = aWorld([aTask("a"), aTask("b", { after: ["a"] })]);
    const clear = { kind: "clear", taskIds: ["a", "b"], by: "user:ada", next: 0 } as const;
    expect(said(whyOf(world, "b", { run: { obligations: [clear] } }))[0].reason).toBe(
      "Task instances are being cleared for user:ada: 2 tasks.",
    );
    expect(said(whyOf(world, "b", { run: { obligations: [{ kind: "create", next: 2_000 }] } }))[0].reason).toBe(
      "The run's task instances are being made; 2000 are there.",
    );
  });

  test("the run before is named, with what of it is not fine", () => {
    const tasks = [
      aTask("a", { dependsOnPast: true }),
      aTask("b", { waitForDownstream: true }),
      aTask("c", { after: ["b"] }),
    ];
    const held = { check: () => ({ satisfied: false as const, why: "" }) };
    const world = aWorld(tasks, { past: held });
    const before = aWorld(tasks);
    before.end("a", "failed");
    before.end("b");
    const rows = [...before.rows.rows.values()];
    const previous = { ...statesOf(aGraph(tasks), rows), runKey: "yesterday" };
    expect(said(whyOf(world, "a", { run: { previous } }))).toEqual([
      {
        reason: "It waits for the run before, yesterday: a is failed there (dependsOnPast).",
        advice: "Mend and clear it there; `millrace tasks why d a yesterday` says more.",
      },
    ]);
    expect(said(whyOf(world, "b", { run: { previous } }))[0].reason).toBe(
      "It waits for the run before, yesterday: c is queued there (waitForDownstream).",
    );
    // Without a run before there is nothing to wait for.
    expect(whyOf(world, "a")).toEqual([{ kind: "nextTick" }]);
  });

  test("a retry says when it comes, which try it is, and why it is needed", () => {
    const world = aWorld([aTask("a", { retries: 2 })]);
    world.end("a", "failed");
    expect(whyOf(world, "a")).toEqual([
      {
        kind: "retry",
        at: T0 + 5 * MICROS.m,
        tryNumber: 1,
        tries: 3,
        cause: { code: "TASK_FAILED", message: "it threw" },
      },
    ]);
    expect(said(whyOf(world, "a"))).toEqual([
      {
        reason: "Try 1 of 3 ended: it threw; the next one starts at 2024-10-04T00:05:00+00:00 (in 5 m).",
        until: T0 + 5 * MICROS.m,
        advice: "`millrace tasks clear d -t '^TASK$' --run latest` starts it at once.",
      },
    ]);
  });

  test("a sensor says when it looks again, and when it gives up", () => {
    const sensor = {
      mode: "reschedule",
      everyMicros: MICROS.m,
      timeoutMicros: MICROS.h,
      softFail: false,
      exponentialBackoff: false,
    } as const;
    const world = aWorld([aTask("s", { kind: "sensor", sensor }), aTask("t")]);
    world.end("s", { kind: "reschedule", afterMicros: MICROS.m });
    world.end("t", { kind: "defer", afterMicros: MICROS.h });
    expect(whyOf(world, "s")).toEqual([{ kind: "reschedule", at: T0 + MICROS.m, givesUpAt: T0 + MICROS.h }]);
    expect(said(whyOf(world, "t"))).toEqual([
      {
        reason: "It waits without a slot (FunctionOperator) and goes on at 2024-10-04T01:00:00+00:00 (in 1 h).",
        until: T0 + MICROS.h,
      },
    ]);
  });

  test("a trigger is watched by a worker, without a time", () => {
    const world = aWorld([aTask("t")]);
    const waits = { ...world.started("t") };
    if (waits.kind === "report" && waits.report.kind === "started")
      world.plan({ ...waits, report: { ...waits.report, waits: true } });
    expect(said(whyOf(world, "t"))).toEqual([
      { reason: "It waits without a slot for its trigger (FunctionOperator) since 2024-10-04T00:00:00+00:00 (0 ms)." },
    ]);
  });

  test("what runs says since when, and when its timeout ends it", () => {
    const world = aWorld([aTask("t", { executionTimeoutMicros: MICROS.h })]);
    world.plan(world.started("t"));
    expect(said(whyOf(world, "t"))[0].reason).toBe(
      "It runs since 2024-10-04T00:00:00+00:00 (0 ms). Its timeout ends it at 2024-10-04T01:00:00+00:00 (in 1 h).",
    );
    world.clear({ taskIds: ["t"] });
    expect(said(whyOf(world, "t"))[0].reason).toMatch(
      /^It was cleared while it ran, and is being stopped to start again/,
    );
  });

  test("what is handed over names its queue, and that nobody takes from it", () => {
    const world = aWorld([aTask("t", { queue: "gpu" })]);
    expect(whyOf(world, "t")).toEqual([{ kind: "handedOver", queue: "gpu", hasNoWorker: false }]);
    expect(said(whyOf(world, "t", { options: { queues: ["default"] } }))[0].reason).toBe(
      'It was handed over, and no worker takes from its queue "gpu".',
    );
  });

  test("what never ran names the instances that made it so, through others that never ran", () => {
    const world = aWorld([
      aTask("a", { over: 3 }),
      aTask("b", { after: ["a"] }),
      aTask("c", { after: ["b"] }),
      aTask("skips"),
      aTask("below", { after: ["skips"] }),
    ]);
    world.end("a", "failed", 1);
    world.end("skips", "skipped");
    expect(said(whyOf(world, "c"))).toEqual([
      {
        reason:
          "It ended: upstream_failed at 2024-10-04T00:00:00+00:00: an upstream task did not succeed (trigger rule all_success). It comes from a[1], which failed: it threw.",
        advice: "`millrace tasks clear d -t '^a$' --run latest --downstream` runs it and all below it again.",
      },
    ]);
    expect(said(whyOf(world, "below"))[0].reason).toMatch(/It comes from skips, which was skipped: nothing to do\.$/);
    expect(said(whyOf(world, "a", { mapIndex: 1 }))[0].reason).toBe(
      "It ended: failed at 2024-10-04T00:00:00+00:00: it threw.",
    );
  });

  test("a task that is not part of the run says which of its dates leave it out, or who made the run", () => {
    const world = aWorld([aTask("new", { start: T0 + 1_000_000 }), aTask("old", { end: T0 - 1_000_000 })]);
    expect(said(whyOf(world, "new"))[0].reason).toBe(
      "It is not part of this run: the logical date 2024-10-04T00:00:00+00:00 is before its start, 2024-10-04T00:00:01+00:00.",
    );
    expect(said(whyOf(world, "old"))[0].reason).toMatch(/is after its end, 2024-10-03T23:59:59\+00:00\.$/);
    const part = aWorld([aTask("a"), aTask("b")], { onlyTasks: ["a"], backfillId: 4, checks: false });
    expect(said(whyOf(part, "b", { run: { backfillId: 4 } }))[0].reason).toBe(
      "It is not part of this run: backfill 4 was made for other tasks.",
    );
  });

  test("an instance that its run has left behind says how the run ended", () => {
    const world = aWorld([aTask("a"), aTask("b", { after: ["a"] })]);
    const run = { state: "failed", endedAt: T0, cause: { code: "RUN_TIMEOUT", message: "it took too long" } } as const;
    expect(said(whyOf(world, "b", { run }))[0].reason).toBe(
      "The run ended: failed at 2024-10-04T00:00:00+00:00: it took too long.",
    );
  });
});

describe("limits", () => {
  const waiting = (spec: Partial<TaskSpec> = {}, dag: GraphSpec = {}): World =>
    aWorld([aTask("t", spec)], { limit: 0, dag });
  const pools = [{ pool: "heavy", slots: 4, includeDeferred: true }];

  test("nothing keeps it: it goes on with the next tick", () => {
    expect(whyOf(waiting(), "t")).toEqual([{ kind: "nextTick" }]);
  });

  test("a pool that does not exist, and one that is too small for ever", () => {
    expect(said(whyOf(waiting({ pool: "heavy" }), "t"))).toEqual([
      {
        reason: "Its pool heavy does not exist.",
        advice: "Make it with `millrace pools set heavy 8`, with as many slots as it shall have.",
      },
    ]);
    expect(said(whyOf(waiting({ pool: "heavy", poolSlots: 5 }), "t", { facts: { pools } }))).toEqual([
      {
        reason: "It takes 5 slots of the pool heavy, which has only 4: it never starts.",
        advice: "Raise it with `millrace pools set heavy 5`, or give the task fewer `poolSlots`.",
      },
    ]);
  });

  test("a full pool says who holds it, the greatest first, deferred ones where the pool counts them", () => {
    const slotUses = [
      use({ pool: "heavy", active: 1, taskId: "one" }),
      use({ pool: "heavy", active: 0, deferred: 1, poolSlots: 2, taskId: "two" }),
      use({ pool: "other", active: 9 }),
    ];
    const why = whyOf(waiting({ pool: "heavy", poolSlots: 2 }), "t", { facts: { pools, slotUses } });
    expect(said(why)).toEqual([
      {
        reason:
          "The pool heavy is full: 3 of 4 slots are taken; it takes 2, 2 by two of etl (run r7) and 1 by one of etl (run r7).",
        advice: "It starts when slots come free; `millrace pools set heavy 8` raises it.",
      },
    ]);
    const without = [{ pool: "heavy", slots: 4, includeDeferred: false }];
    expect(whyOf(waiting({ pool: "heavy", poolSlots: 2 }), "t", { facts: { pools: without, slotUses } })).toEqual([
      { kind: "nextTick" },
    ]);
    const unlimited = [{ pool: "heavy", slots: -1, includeDeferred: false }];
    expect(whyOf(waiting({ pool: "heavy" }), "t", { facts: { pools: unlimited, slotUses } })).toEqual([
      { kind: "nextTick" },
    ]);
  });

  test("a scheduler has a share of the pool only", () => {
    const shared = [{ pool: "heavy", slots: 8, includeDeferred: false, granted: 3 }];
    const slotUses = [use({ pool: "heavy", active: 3 }), use({ pool: "heavy", owner: 2, active: 1 })];
    expect(said(whyOf(waiting({ pool: "heavy" }), "t", { facts: { pools: shared, slotUses } }))[0].reason).toBe(
      "Scheduler 1 has 3 slots of the pool heavy for its DAGs, and uses 3.",
    );
  });

  test("the DAG's own limit counts runs of backfills apart", () => {
    const slotUses = [use({ dagId: "d", active: 2 })];
    const world = waiting({}, { maxActiveTasks: 2 });
    expect(said(whyOf(world, "t", { facts: { slotUses } }))[0].reason).toBe(
      "d runs 2 of at most 2 tasks at once (maxActiveTasks), 2 by load of d (run r7).",
    );
    expect(whyOf(world, "t", { facts: { slotUses }, run: { backfillId: 3 } })).toEqual([{ kind: "nextTick" }]);
  });

  test("the task's own limits, in the DAG and in the run", () => {
    const slotUses = [use({ dagId: "d", taskId: "t", runId: 1, active: 2 })];
    const world = waiting({ maxActivePerDag: 2, maxActivePerRun: 1 });
    expect(whyOf(world, "t", { facts: { slotUses } }).map(({ kind }) => kind)).toEqual([
      "maxActivePerDag",
      "maxActivePerRun",
    ]);
    const elsewhere = [use({ dagId: "d", taskId: "t", runId: 2, active: 2 })];
    expect(whyOf(world, "t", { facts: { slotUses: elsewhere } }).map(({ kind }) => kind)).toEqual(["maxActivePerDag"]);
  });

  test("the executor's places are those of the scheduler that drives the DAG", () => {
    const slotUses = [use({ active: 4 }), use({ owner: 2, active: 40 })];
    const options = { capacity: 4 };
    expect(said(whyOf(waiting(), "t", { facts: { slotUses }, options }))[0]).toEqual({
      reason: "The executor is full: it runs 4 tries at once, 4 by load of etl (run r7).",
      advice: "It starts when one of them ends; the setting `executor.concurrency` raises the limit.",
    });
    expect(whyOf(waiting(), "t", { facts: { slotUses }, options: { capacity: 5 } })).toEqual([{ kind: "nextTick" }]);
  });
});

describe("the run and the DAG", () => {
  const tasks = [aTask("a"), aTask("b", { after: ["a"] })];

  test("a paused DAG keeps what waits, not what runs; it comes before what the task waits for", () => {
    const world = aWorld(tasks);
    expect(whyOf(world, "b", { dag: { paused: true } }).map(({ kind }) => kind)).toEqual(["paused", "upstream"]);
    expect(whyOf(world, "a", { dag: { paused: true } }).map(({ kind }) => kind)).toEqual(["handedOver"]);
    expect(said(whyOf(world, "b", { dag: { paused: true } }))[0]).toEqual({
      reason: "d is paused: what runs goes on, nothing new begins.",
      advice: "`millrace dags unpause d` lets it go on.",
    });
  });

  test("a DAG that was paused because it failed says so", () => {
    const graph = aGraph(tasks, { maxConsecutiveFailedRuns: 3 });
    const dag = { ...someFacts(graph).dag, paused: true, failedRunsInRow: 3 };
    expect(said(whyOf(aWorld(tasks), "b", { dag }))[0].reason).toBe(
      "d is paused after 3 failed runs in a row (maxConsecutiveFailedRuns): what runs goes on, nothing new begins.",
    );
  });

  test("a run that has not begun says why: its date, or the runs before it", () => {
    const world = aWorld(tasks, { start: false, runAfter: T0 + MICROS.d });
    expect(said(whyOf(world, "a"))).toEqual([
      { reason: "The run begins at 2024-10-05T00:00:00+00:00 (in 1 d): its date has not come.", until: T0 + MICROS.d },
    ]);
    const graph = aGraph(tasks, { maxActiveRuns: 1 });
    const unfinished = { running: 1, queued: 1, backfill: 0, runKeys: ["r1"] };
    const queued = aWorld(tasks, { start: false });
    expect(said(whyOf(queued, "a", { dag: { graph, unfinished } }))[0]).toEqual({
      reason: "d has 1 of at most 1 run running (maxActiveRuns): r1.",
      advice:
        "It begins when one of them ends, the earliest logical date first; `millrace dags why d r1` says what keeps that one.",
    });
    expect(whyOf(queued, "a", { dag: { graph, unfinished }, run: { backfillId: 1 } })).toEqual([{ kind: "nextTick" }]);
  });

  test("without a scheduler nothing goes on, and the last one is named", () => {
    const world = aWorld(tasks, { limit: 0 });
    const gone = [{ schedulerId: 4, host: "h", heartbeatAt: T0 - MICROS.h, endedAt: T0 - MICROS.m }];
    expect(said(whyOf(world, "a", { facts: { schedulers: gone } }))).toEqual([
      {
        reason: "No scheduler runs: nothing goes on. Scheduler 4 on h ended at 2024-10-03T23:59:00+00:00.",
        advice: "Start one with `millrace start`.",
      },
    ]);
    const silent = [{ schedulerId: 4, host: "h", heartbeatAt: T0 - MICROS.h }];
    expect(said(whyOf(world, "a", { facts: { schedulers: silent } }))[0].reason).toMatch(
      /Scheduler 4 on h was last heard of at/,
    );
    const killed = [{ schedulerId: 4, host: "h", heartbeatAt: T0, isGone: true }];
    expect(said(whyOf(world, "a", { facts: { schedulers: killed } }))[0].reason).toMatch(/^No scheduler runs/);
    expect(said(whyOf(world, "a", { facts: { schedulers: [] } }))[0].reason).toBe(
      "No scheduler runs: nothing goes on.",
    );
  });

  test("a DAG that no live scheduler drives is taken over", () => {
    const world = aWorld(tasks, { limit: 0 });
    const schedulers = [
      { schedulerId: 1, host: "h", heartbeatAt: T0 - MICROS.m },
      { schedulerId: 2, host: "h", heartbeatAt: T0 },
    ];
    expect(said(whyOf(world, "a", { facts: { schedulers } }))[0].reason).toBe(
      "Scheduler 1 on h drives d and has been silent since 2024-10-03T23:59:00+00:00 (1 m).",
    );
    expect(said(whyOf(world, "a", { facts: { schedulers: schedulers.slice(1) } }))[0].reason).toBe(
      "No scheduler drives d at the moment; 2 could.",
    );
  });
});
