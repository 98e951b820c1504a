import { expect, describe, test } from "vitest";
import type { Graph } from "../graph/graph.ts";
import { buildDag, dag } from "./dag.ts";
import type { DagOptions } from "./options.ts";
import type { Scope } from "./scope.ts";
import { asset } from "./asset.ts";
import { notifier } from "./callback.ts";
import { every } from "./schedules.ts";

const build = (builder: (scope: Scope) => void, options: DagOptions<object> = {}): Graph =>
  buildDag(dag("d", options, builder as never)).graph;
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
            owner: "me",
            retries: 3,
            retryDelay: "10s",
            exponentialBackoff: true,
            maxRetryDelay: "1h",
            executionTimeout: "2m",
            waitForDownstream: true,
            waitForPastBeforeSkipping: true,
            triggerRule: "all_done",
            pool: "gpu",
            poolSlots: 2,
            priorityWeight: 5,
            weightRule: "absolute",
            queue: "big",
            maxActivePerDag: 4,
            maxActivePerRun: 2,
            start: "2025-01-01",
            end: "2025-02-01T12:00",
            isolation: "process",
            deadline: "3h",
            pushResult: false,
            displayName: "T!",
            doc: "# T",
            inlets: [asset("s3://in")],
            outlets: [asset("s3://out"), asset("s3://out")],
            params: { deep: 1 },
            onExecute: nothing as never,
            onSuccess: [say({ to: "x" })],
            onFailure: nothing as never,
            onRetry: nothing as never,
            onSkip: nothing as never,
          },
          nothing,
        ),
    );
    expect(graph.tasks[0]).toMatchObject({
      owner: "me",
      retries: 3,
      retryDelayMicros: 10_000_000,
      exponentialBackoff: true,
      maxRetryDelayMicros: 60 * MINUTE,
      executionTimeoutMicros: 2 * MINUTE,
      dependsOnPast: true,
      waitForDownstream: true,
      waitForPastBeforeSkipping: true,
      triggerRule: "all_done",
      pool: "gpu",
      poolSlots: 2,
      priorityWeight: 5,
      weightRule: "absolute",
      queue: "big",
      maxActivePerDag: 4,
      maxActivePerRun: 2,
      start: Date.UTC(2025, 0, 1) * 1_000,
      end: Date.UTC(2025, 1, 1, 12) * 1_000,
      isolation: "process",
      deadlineMicros: 180 * MINUTE,
      pushesResult: false,
      displayName: "T!",
      docMd: "# T",
      inlets: ["s3://in"],
      outlets: ["s3://out"],
      params: { deep: { default: 1, schema: { type: "number" } } },
      callbacks: ["execute", "success", "failure", "retry", "skip"],
    });
  });

  test("every argument of a DAG arrives in the graph", () => {
    const graph = build(nothing, {
      schedule: every("1h"),
      start: "2025-01-01",
      end: "2026-01-01",
      catchup: true,
      maxActiveRuns: 2,
      maxActiveTasks: 3,
      maxConsecutiveFailedRuns: 4,
      runTimeout: "1h",
      deadline: "2h",
      failFast: true,
      tags: ["a", "a"],
      displayName: "D!",
      description: "d",
      doc: "# D",
      ownerLinks: { me: "mailto:me@example.org" },
      pausedUponCreation: true,
      accessControl: { Ops: ["can_read"] },
      params: { n: 1 },
      onSuccess: nothing as never,
      onFailure: nothing as never,
      onDeadlineMissed: nothing as never,
    });
    expect(graph.dag).toEqual({
      schedule: { kind: "interval", everyMicros: 60 * MINUTE },
      start: Date.UTC(2025, 0, 1) * 1_000,
      end: Date.UTC(2026, 0, 1) * 1_000,
      catchup: true,
      maxActiveRuns: 2,
      maxActiveTasks: 3,
      maxConsecutiveFailedRuns: 4,
      runTimeoutMicros: 60 * MINUTE,
      deadlineMicros: 120 * MINUTE,
      failFast: true,
      tags: ["a"],
      displayName: "D!",
      description: "d",
      docMd: "# D",
      ownerLinks: { me: "mailto:me@example.org" },
      pausedUponCreation: true,
      accessControl: { Ops: ["can_read"] },
      params: { n: { default: 1, schema: { type: "number" } } },
      callbacks: ["success", "failure", "deadline"],
    });
  });

  test("a task that never starts twice has no retries of its DAG and a process of its own", () => {
    const graph = build(({ task }) => void task("pay", { singleAttempt: true }, nothing), { defaults: { retries: 3 } });
    expect(graph.tasks[0]).toMatchObject({ retries: 0, isolation: "process", singleAttempt: true });
  });
});
