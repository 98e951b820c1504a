import { describe, expect, test } from "vitest";
import { MICROS } from "../model/instant.ts";
import { retryDelay } from "./retry-delay.ts";
import { aCompiledGraph, aTask, type TaskSpec } from "./testing/a-graph.ts";
import { World } from "./testing/world.ts";

const alone = (spec: Omit<TaskSpec, "taskId"> = {}): World => new World(aCompiledGraph([aTask("a", spec)]));
const LOST = { guilty: false, mayHaveRun: true };
const GUILTY = { guilty: true, mayHaveRun: true };

describe("the wait before a retry", () => {
  const policy = { retryDelayMicros: 10 * MICROS.s, exponentialBackoff: true };

  test("is the task's own delay without backoff, uncapped", () => {
    expect(
      retryDelay({ retryDelayMicros: 90 * MICROS.s, exponentialBackoff: false, maxRetryDelayMicros: 1 }, 7, "x"),
    ).toBe(90 * MICROS.s);
  });

  test.each([1, 2, 3, 8])(
    "lies with backoff between base and twice base, base = delay × 2^(try - 1) (try %i)",
    (tryNumber) => {
      const base = 10 * MICROS.s * 2 ** (tryNumber - 1);
      const waits = Array.from({ length: 200 }, (_, i) => retryDelay(policy, tryNumber, `d#a#${i}`));
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(base);
      expect(Math.max(...waits)).toBeLessThan(2 * base);
      expect(new Set(waits).size).toBeGreaterThan(150);
    },
  );

  test("is the same for the same try, and an integer", () => {
    expect(retryDelay(policy, 3, "d#a#-1#0#3")).toBe(retryDelay(policy, 3, "d#a#-1#0#3"));
    expect(Number.isSafeInteger(retryDelay(policy, 3, "é"))).toBe(true);
  });

  test("is at most 24 h, and at most the task's own cap", () => {
    expect(retryDelay(policy, 5_000, "x")).toBe(24 * MICROS.h);
    expect(retryDelay({ ...policy, maxRetryDelayMicros: 12 * MICROS.s }, 9, "x")).toBe(12 * MICROS.s);
    expect(retryDelay({ ...policy, retryDelayMicros: 0 }, 1, "x")).toBe(1);
  });
});

describe("a failure", () => {
  test("is followed by as many tries as there are retries, each after its delay and with its own dispatch", () => {
    const world = alone({ retries: 2, retryDelayMicros: 60 * MICROS.s });
    const first = world.dispatchOf("a");
    world.end("a", "failed");
    expect(world.rows.row("a")).toMatchObject({
      state: "up_for_retry",
      tryNumber: 1,
      cause: { code: "TASK_FAILED" },
      dueAt: world.now + 60 * MICROS.s,
    });
    expect(world.run.head.dueAt).toBe(world.now + 60 * MICROS.s);
    world.passTime();
    expect(world.dispatchOf("a")).not.toBe(first);
    world.end("a", "failed");
    world.passTime();
    expect(world.rows.row("a")).toMatchObject({ state: "queued", tryNumber: 3, maxTries: 2 });
    world.end("a", "failed");
    expect(world.run.head.state).toBe("failed");
    expect(world.rows.history.map(({ tryNumber }) => tryNumber)).toEqual([1, 2]);
  });

  test("that is permanent is not retried", () => {
    const world = alone({ retries: 5 });
    world.end("a", { kind: "failed", cause: { code: "PERMANENT", message: "bad row 7" }, retry: "never" });
    expect(world.rows.row("a")).toMatchObject({ state: "failed", cause: { message: "bad row 7" } });
  });

  test("may name the time of its retry, within the retries that are left", () => {
    const after = { kind: "failed", cause: { code: "TASK_FAILED", message: "busy" }, retry: 7 * MICROS.s } as const;
    const world = alone({ retries: 1 });
    world.end("a", after);
    expect(world.rows.row("a")).toMatchObject({ state: "up_for_retry", dueAt: world.now + 7 * MICROS.s });
    world.passTime();
    world.end("a", after);
    expect(world.state("a")).toBe("failed");
  });

  test("is retried with the same backoff on every planning", () => {
    const world = alone({ retries: 1, exponentialBackoff: true });
    world.end("a", "failed");
    expect(world.read("a")?.dueAt).toBe(
      world.now +
        retryDelay(
          { retryDelayMicros: 5 * MICROS.m, exponentialBackoff: true },
          1,
          `d#a#-1#${world.run.head.logicalDate}#1`,
        ),
    );
  });

  test("waits again when what is above it was cleared while it waited for its retry", () => {
    const world = new World(aCompiledGraph([aTask("a"), aTask("b", { after: ["a"], retries: 1 })]));
    world.end("a");
    world.end("b", "failed");
    world.clear({ taskIds: ["a"] });
    world.passTime();
    expect(world.states()).toEqual({ a: "queued", b: "none" });
    world.end("a", "failed");
    expect(world.state("b")).toBe("upstream_failed");
  });
});

describe("a lost dispatch", () => {
  test("is a free restart three times, then pays with a retry", () => {
    const world = alone({ retries: 1 });
    for (const restarts of [1, 2, 3]) {
      world.end("a", LOST);
      expect(world.rows.row("a")).toMatchObject({
        state: "up_for_retry",
        restarts,
        maxTries: 1 + restarts,
        dueAt: world.now,
        cause: { code: "LOST" },
      });
      world.passTime();
    }
    world.end("a", LOST);
    expect(world.rows.row("a")).toMatchObject({ state: "up_for_retry", tryNumber: 4, restarts: 3, maxTries: 4 });
    world.passTime();
    world.end("a", LOST);
    expect(world.rows.row("a")).toMatchObject({ state: "failed", tryNumber: 5 });
  });

  test("without retries fails after its free restarts, and what dies alone fails at once", () => {
    const world = alone();
    for (let i = 0; i < 3; i += 1) {
      world.end("a", LOST);
      world.passTime();
    }
    world.end("a", LOST);
    expect(world.state("a")).toBe("failed");
    const guilty = alone();
    guilty.end("a", GUILTY);
    expect(guilty.state("a")).toBe("failed");
  });

  test("that is blameless costs nothing, however often", () => {
    const world = alone();
    for (let i = 0; i < 10; i += 1) {
      world.end("a", { ...LOST, blameless: true });
      expect(world.read("a")).toMatchObject({ state: "up_for_retry", restarts: 0 });
      world.passTime();
    }
    world.end("a", "failed");
    expect(world.state("a")).toBe("failed");
  });

  test.each([
    ["running", true, "failed"],
    ["running", false, "failed"],
    ["queued", true, "failed"],
    ["queued", false, "up_for_retry"],
  ] as const)("of a single attempt that was %s (may have run: %s) ends %s (R9)", (state, mayHaveRun, expected) => {
    const world = alone({ singleAttempt: true });
    if (state === "running") world.plan(world.started("a"));
    world.end("a", { guilty: false, mayHaveRun });
    expect(world.state("a")).toBe(expected);
    if (expected === "failed") expect(world.rows.row("a")?.cause?.message).toContain("may have run");
  });

  test("keeps its start though it is lost in the commit that starts it", () => {
    const world = alone();
    world.plan(world.started("a"), world.ending("a", LOST));
    expect(world.rows.row("a")).toMatchObject({
      state: "up_for_retry",
      startedAt: world.now,
      firstStartedAt: world.now,
    });
  });
});

describe("a reschedule or deferral", () => {
  test.each([
    ["reschedule", "up_for_reschedule"],
    ["defer", "deferred"],
  ] as const)("(%s) continues its try: same number, its state handed on, first start kept", (kind, state) => {
    const world = alone({ kind: "sensor" });
    const start = world.now;
    const first = world.dispatchOf("a");
    world.end("a", { kind, afterMicros: 30 * MICROS.s, resume: "looked once" });
    expect(world.read("a")).toMatchObject({ state, tryNumber: 1, resume: "looked once", dueAt: start + 30 * MICROS.s });
    world.passTime();
    expect(world.read("a")).toMatchObject({
      state: "queued",
      tryNumber: 1,
      resume: "looked once",
      firstStartedAt: start,
      startedAt: start,
    });
    expect(world.dispatchOf("a")).not.toBe(first);
    world.end("a", { kind, afterMicros: 30 * MICROS.s });
    expect(world.read("a")?.resume).toBe("looked once");
    world.passTime();
    world.end("a");
    expect(world.read("a")).toMatchObject({ state: "success", tryNumber: 1, resume: undefined });
    expect(world.rows.history).toEqual([]);
  });

  test("waits no longer than its try may take in all; a sensor does, its timeout is for one look", () => {
    const limited = { executionTimeoutMicros: 50 * MICROS.s };
    const world = alone(limited);
    const start = world.now;
    world.end("a", { kind: "defer", afterMicros: 30 * MICROS.s });
    world.passTime();
    world.end("a", { kind: "defer", afterMicros: 30 * MICROS.s });
    expect(world.read("a")).toMatchObject({ startedAt: start, dueAt: start + 50 * MICROS.s });
    const sensor = alone({ ...limited, kind: "sensor" });
    sensor.end("a", { kind: "defer", afterMicros: 90 * MICROS.s });
    expect(sensor.read("a")?.dueAt).toBe(sensor.now + 90 * MICROS.s);
  });

  test("without a state of its own continues its try all the same", () => {
    const world = alone();
    world.end("a", { kind: "reschedule", afterMicros: 1 });
    world.passTime();
    expect(world.read("a")).toMatchObject({ state: "queued", tryNumber: 1, resume: "" });
  });

  test("that fails later is retried as a new try from its beginning, the first look kept for its timeout", () => {
    const world = alone({ retries: 1 });
    const start = world.now;
    world.end("a", { kind: "reschedule", afterMicros: 1_000, resume: "x" });
    world.passTime();
    world.end("a", "failed");
    world.passTime();
    expect(world.read("a")).toMatchObject({
      state: "queued",
      tryNumber: 2,
      resume: undefined,
      startedAt: undefined,
      firstStartedAt: start,
    });
  });
});

test("a try that waits for a code trigger is deferred without a slot, and takes one again when the trigger has returned", () => {
  const world = alone();
  const dispatchId = world.dispatchOf("a");
  world.plan({
    kind: "report",
    report: { kind: "started", dispatchId, runId: 1, startedAt: 5, workerId: "w", waits: true },
  });
  expect(world.state("a")).toBe("deferred");
  expect(world.run.active[0]).toBe(0);
  expect(world.dispatchOf("a")).toBe(dispatchId);
  world.end("a", { kind: "defer", afterMicros: 0, resume: "{}" });
  world.passTime();
  expect(world.dispatchOf("a")).not.toBe(dispatchId);
  expect(world.read("a")).toMatchObject({ state: "queued", tryNumber: 1 });
  world.end("a");
  expect(world.run.head.state).toBe("success");
});

test("a try that is lost while it waits for a code trigger starts again at no cost", () => {
  const world = alone();
  const dispatchId = world.dispatchOf("a");
  const started = { kind: "started", dispatchId, runId: 1, startedAt: 5, workerId: "w", waits: true } as const;
  world.plan({ kind: "report", report: started });
  world.end("a", { mayHaveRun: true, guilty: false, blameless: true });
  world.passTime();
  expect(world.read("a")).toMatchObject({ state: "queued", tryNumber: 2, maxTries: 1 });
});

describe("R3: a report", () => {
  test("is taken once, and only from the dispatch that the instance is in", () => {
    const world = alone({ retries: 1 });
    const first = world.ending("a", "failed");
    expect(world.plan(first)).toEqual([]);
    expect(world.plan(first)).toMatchObject([{ code: "DISPATCH_DEAD", event: first }]);
    world.passTime();
    expect(world.plan(first)).toHaveLength(1);
    expect(world.state("a")).toBe("queued");
  });

  test("of an unknown dispatch changes nothing", () => {
    const world = alone();
    const version = world.run.head.version;
    expect(
      world.plan({
        kind: "report",
        report: { kind: "started", dispatchId: "no", runId: 1, startedAt: 1, workerId: "w" },
      }),
    ).toMatchObject([{ code: "DISPATCH_DEAD" }]);
    expect(world.run.head.version).toBe(version);
  });

  test("of a start that comes twice is no news, and none after its end", () => {
    const world = alone();
    const started = world.started("a");
    world.plan(started);
    expect(world.plan(started)).toEqual([]);
    world.end("a");
    expect(world.plan(started)).toHaveLength(1);
  });
});

test("a success leaves XComs, asset updates with what was attached, and asks for its callback", () => {
  const world = alone({ outlets: ["s3://a", "s3://b"], callbacks: ["success", "retry", "failure"], retries: 1 });
  world.end("a", "failed");
  expect(world.commits.at(-1)?.callbacks).toMatchObject([
    { scope: "task", event: "retry", taskId: "a", tryNumber: 1, reason: "it threw" },
  ]);
  world.passTime();
  const push = { taskId: "?", mapIndex: 9, key: "rows", value: { json: "3" } };
  world.end("a", {
    kind: "success",
    xcoms: [push],
    assets: [{ uri: "s3://b", taskId: "", mapIndex: -1, extra: '{"n":1}' }],
  });
  expect(world.commits.at(-1)).toMatchObject({
    xcoms: [{ taskId: "a", mapIndex: -1, key: "rows" }],
    assets: [
      { uri: "s3://a", taskId: "a", extra: null },
      { uri: "s3://b", extra: '{"n":1}' },
    ],
    callbacks: [{ event: "success", reason: "success" }],
  });
});
