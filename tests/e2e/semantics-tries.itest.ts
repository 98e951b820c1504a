// Retries, timeouts, signals, sensors and deferrals through the real engine.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TaskTry } from "@millrace/core";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";
import {
  causesOf,
  commitsOf,
  deployFiles,
  finishRun,
  mostAtOnce,
  resultOf,
  type FinishedRun,
} from "../harness/finish-run.ts";

let engine: EngineHarness;
beforeAll(async () => {
  engine = await startEngine();
  await engine.store.queries.setPool({ pool: "one", slots: 1, description: "", includeDeferred: false, order: "fair" });
  await engine.store.queries.setPool({
    pool: "counted",
    slots: 1,
    description: "",
    includeDeferred: true,
    order: "fair",
  });
  await deployFiles(engine, "tries.dag.ts");
});
afterAll(() => engine.stop());

const triesOf = async (run: FinishedRun, taskId: string): Promise<readonly TaskTry[]> =>
  await engine.store.queries.listTries({ runId: run.runId, taskId, mapIndex: -1 });
/** Milliseconds between the end of each try and the start of the next. */
const pauses = (tries: readonly TaskTry[]): readonly number[] =>
  tries.slice(1).map((next, i) => ((next.startedAt ?? 0) - (tries[i].endedAt ?? 0)) / 1_000);

describe("a try that fails", () => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await finishRun(engine, "retries");
  });

  test("is followed by as many others as the task allows, each with its own cause", async () => {
    expect(run.states).toMatchObject({ always_bad: "failed", no_retries: "failed", third_time: "success" });
    const tries = await triesOf(run, "always_bad");
    expect(tries.map(({ tryNumber, state, cause }) => [tryNumber, state, cause?.message])).toEqual([
      [1, "up_for_retry", "Error: still bad"],
      [2, "up_for_retry", "Error: still bad"],
      [3, "failed", "Error: still bad"],
    ]);
    for (const pause of pauses(tries)) expect(pause).toBeGreaterThanOrEqual(29);
    expect(await triesOf(run, "no_retries")).toHaveLength(1);
    expect(await resultOf(engine, run.runId, "third_time")).toEqual({ tryNumber: 3, maxTries: 3 });
  });

  test("for good is not tried again, and one that names its own delay waits that long", async () => {
    expect(run.states).toMatchObject({ permanent: "failed", retry_after: "success" });
    expect(await triesOf(run, "permanent")).toHaveLength(1);
    expect(await resultOf(engine, run.runId, "retry_after")).toBe(2);
  });

  test("backs off: each pause at least twice the one before, up to the cap", async () => {
    const [first, second, third] = pauses(await triesOf(run, "backs_off"));
    expect(first).toBeGreaterThanOrEqual(19);
    expect(second).toBeGreaterThanOrEqual(39);
    expect(third).toBeGreaterThanOrEqual(49);
  });

  test("or skips, is skipped with its reason and never tried again", async () => {
    expect(run.states).toMatchObject({ skipped: "skipped", skip_value: "skipped" });
    expect((await causesOf(engine, run.runId)).skipped.message).toBe("nothing to do");
  });
});

test("an execution timeout ends a try, which may be retried", async () => {
  const run = await finishRun(engine, "timeouts");
  expect(run.states).toEqual({ listens: "failed", retried: "success" });
  expect((await causesOf(engine, run.runId)).listens.code).toBe("TIMEOUT");
  expect(await resultOf(engine, run.runId, "retried")).toBe(2);
});

test("a run timeout fails the run and skips what is unfinished", async () => {
  const run = await finishRun(engine, "run_timeout");
  expect(run).toMatchObject({ state: "failed", states: { first: "success", slow: "skipped", never: "skipped" } });
  expect((await engine.store.queries.findRunById(run.runId))?.cause?.code).toBe("RUN_TIMED_OUT");
});

describe("a sensor", () => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await finishRun(engine, "sensors");
  });

  describe.each(["poke", "reschedule", "defer"])("in mode %s", (mode) => {
    test("looks again in the same try until it finds something, which is its result", async () => {
      expect(run.states[`${mode}_found`]).toBe("success");
      expect(await resultOf(engine, run.runId, `after_${mode}`)).toEqual({ looks: 3, tryNumber: 1 });
    });
    test("fails without a retry when its time is over, or is skipped when it fails softly", async () => {
      expect(run.states).toMatchObject({ [`${mode}_late`]: "failed", [`${mode}_late_softly`]: "skipped" });
      expect((await causesOf(engine, run.runId))[`${mode}_late`].code).toBe("SENSOR_TIMEOUT");
      expect(await triesOf(run, `${mode}_late`)).toHaveLength(1);
    });
    test("is retried when a look fails, or skipped when it fails softly", async () => {
      expect(run.states).toMatchObject({ [`${mode}_fails`]: "success", [`${mode}_fails_softly`]: "skipped" });
      expect(await resultOf(engine, run.runId, `${mode}_fails`)).toBe(2);
    });
    test("that never fails is skipped at the first error, one that fails silently looks again in the same try", async () => {
      expect(run.states).toMatchObject({ [`${mode}_never_fails`]: "skipped", [`${mode}_fails_silently`]: "success" });
      expect(await triesOf(run, `${mode}_never_fails`)).toHaveLength(1);
      expect(await resultOf(engine, run.runId, `${mode}_fails_silently`)).toEqual({ failed: 3, tryNumber: 1 });
    });
    test("that fails softly is skipped by an execution timeout", () => {
      expect(run.states[`${mode}_runs_too_long`]).toBe("skipped");
    });
  });

  test("counts its time across retries", async () => {
    expect(run.states.across_tries).toBe("failed");
    expect((await causesOf(engine, run.runId)).across_tries.code).toBe("SENSOR_TIMEOUT");
    expect((await triesOf(run, "across_tries")).length).toBeGreaterThan(1);
  });

  test("that backs off finds it as well", () => expect(run.states.growing).toBe("success"));
});

describe("a deferral", () => {
  test("comes back in the same try, after a time or with what its trigger returned", async () => {
    const { runId, states } = await finishRun(engine, "deferrals");
    expect(states).toMatchObject({ until: "success", trigger: "success", trigger_late: "failed" });
    expect(await resultOf(engine, runId, "until")).toMatchObject({ state: { kept: 7 }, tryNumber: 1 });
    expect(await resultOf(engine, runId, "trigger")).toBe(42);
    expect((await causesOf(engine, runId)).trigger_late.message).toContain("did not return within 0.04 s");
  });

  test("counts for the execution timeout of its try, which is one try from its first start to its end", async () => {
    const run = await finishRun(engine, "deferrals");
    for (const taskId of ["again_and_again", "far_too_long", "trigger_too_long"]) {
      expect((await causesOf(engine, run.runId))[taskId].message).toContain("execution timeout of 0.2 s");
      const [{ state, startedAt = 0, endedAt = 0 }, ...others] = await triesOf(run, taskId);
      expect([state, others.length]).toEqual(["failed", 0]);
      expect((endedAt - startedAt) / 1_000).toBeGreaterThanOrEqual(199);
    }
  });

  test("to a code trigger gives its pool slot back", async () => {
    const run = await finishRun(engine, "trigger_pool");
    const states: Record<string, string> = {};
    const together = (await commitsOf(engine, [run.runId])).map((commit) => {
      for (const { taskId, state } of commit) states[taskId] = state;
      return `${states.first} ${states.second}`;
    });
    expect(together).toContain("deferred deferred");
    expect(run.state).toBe("success");
    expect(await mostAtOnce(engine, [run.runId])).toBe(1);
  });

  test("keeps its slot in a pool that counts what is deferred", async () => {
    const run = await finishRun(engine, "counted_pool");
    const states: Record<string, string> = {};
    for (const commit of await commitsOf(engine, [run.runId])) {
      for (const { taskId, state } of commit) states[taskId] = state;
      const holding = Object.values(states).filter((state) => ["queued", "running", "deferred"].includes(state));
      expect(holding.length).toBeLessThanOrEqual(1);
    }
    expect(run.state).toBe("success");
  });
});
