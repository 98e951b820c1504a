import { MillraceError, type DagAccess, type TriggeredRun } from "@millrace/core";
import { expect, test, vi } from "vitest";
import { aContext, deferralOf, someDags, type TestContext } from "./testing/a-context.ts";
import { triggerDag, type TriggerDagOptions } from "./trigger-dag.ts";

const AT = "2025-10-02T12:00:00+00:00";
const aRun = (origin: TriggeredRun["origin"], runId = "r1"): TriggeredRun => ({ runId, logicalDate: AT, origin });
const RESULT = { dagId: "child", runId: "r1", logicalDate: AT };
const run = async (options: Partial<TriggerDagOptions>, ctx: TestContext): Promise<unknown> =>
  await triggerDag.spec.run({ dagId: "child", ...options }, ctx);
const withDags = (dags: Partial<DagAccess>, over: Partial<TestContext> = {}): TestContext =>
  aContext({ dags: someDags(dags), ...over });

test("it asks for a run with what was said, and returns which it is", async () => {
  const trigger = vi.fn<DagAccess["trigger"]>(async () => aRun("new"));
  expect(await run({ conf: { a: 1 }, logicalDate: AT, runId: "x" }, withDags({ trigger }))).toEqual(RESULT);
  expect(trigger).toHaveBeenCalledWith({
    dagId: "child",
    key: "attempt-1",
    conf: { a: 1 },
    logicalDate: AT,
    runId: "x",
  });
});

test("a run that an earlier try has started is taken", async () => {
  expect(await run({}, withDags({ trigger: async () => aRun("own") }))).toEqual(RESULT);
});

test("a retry starts another run when the one that it waited for has failed", async () => {
  const trigger = vi.fn<DagAccess["trigger"]>(async ({ key }) =>
    key === "attempt-1" ? aRun("own", "first") : aRun("new", "second"),
  );
  const stateOf: DagAccess["stateOf"] = async ({ runId }) => (runId === "first" ? "failed" : "running");
  const ctx = withDags({ trigger, stateOf });
  expect(await deferralOf(() => run({ wait: true }, ctx))).toMatchObject({ for: "1m", state: { runId: "second" } });
  expect(await run({}, ctx)).toMatchObject({ runId: "first" });
});

test("a retry clears its failed run when the run id was said", async () => {
  const clear = vi.fn<DagAccess["clear"]>(async () => undefined);
  const states = ["failed", "queued"];
  const ctx = withDags({ trigger: async () => aRun("own"), clear, stateOf: async () => states.shift() });
  await deferralOf(() => run({ wait: true, runId: "r1" }, ctx));
  expect(clear).toHaveBeenCalledExactlyOnceWith({ dagId: "child", runId: "r1" });
});

test.each([
  ["fail", { name: "Permanent" }],
  ["skip", { name: "Skip" }],
] as const)("somebody else's run: %s", async (whenExists, error) => {
  await expect(run({ whenExists }, withDags({ trigger: async () => aRun("other") }))).rejects.toMatchObject(error);
});

test("somebody else's run fails the task unless something else was said", async () => {
  await expect(run({}, withDags({ trigger: async () => aRun("other") }))).rejects.toMatchObject({
    name: "Permanent",
    message: expect.stringContaining("has a run r1") as string,
  });
});

test("somebody else's run is cleared, or taken as it is", async () => {
  const clear = vi.fn<DagAccess["clear"]>(async () => undefined);
  const ctx = withDags({ trigger: async () => aRun("other"), clear });
  expect(await run({ whenExists: "adopt" }, ctx)).toEqual(RESULT);
  expect(clear).not.toHaveBeenCalled();
  expect(await run({ whenExists: "reset" }, ctx)).toEqual(RESULT);
  expect(clear).toHaveBeenCalledExactlyOnceWith({ dagId: "child", runId: "r1" });
});

test("waiting ends by the state of the run", async () => {
  const ended = (state: string | undefined): TestContext =>
    withDags({ trigger: async () => aRun("new"), stateOf: async () => state });
  expect(await run({ wait: true }, ended("success"))).toEqual({ ...RESULT, state: "success" });
  await expect(run({ wait: true }, ended("failed"))).rejects.toMatchObject({
    code: "TASK_FAILED",
    message: "the run r1 of child ended as failed",
  });
  expect(await run({ wait: true, allowedStates: ["success", "failed"] }, ended("failed"))).toEqual({
    ...RESULT,
    state: "failed",
  });
  await expect(run({ wait: true }, ended(undefined))).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("a wait that goes on triggers nothing again, and ends at its timeout", async () => {
  const state = { runId: "r1", logicalDate: AT, waitsSince: "2025-10-02T11:59:30+00:00" };
  const ctx = withDags({ stateOf: async () => "running" }, { resumed: { event: undefined, state } });
  expect(await deferralOf(() => run({ wait: true, every: "5m" }, ctx))).toEqual({ for: "5m", state });
  expect(await deferralOf(() => run({ wait: true, every: "5m", timeout: "40s" }, ctx))).toEqual({ for: "10s", state });
  await expect(run({ wait: true, timeout: "30s" }, ctx)).rejects.toMatchObject({ code: "TIMEOUT" });
});

test("what triggering refuses is not swallowed", async () => {
  const trigger: DagAccess["trigger"] = async () => {
    throw new MillraceError("BAD_PARAM", "region must be text");
  };
  await expect(run({}, withDags({ trigger }))).rejects.toMatchObject({ code: "BAD_PARAM" });
});
