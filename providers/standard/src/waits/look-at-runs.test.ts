import { MillraceError, type DagAccess, type RunLook } from "@millrace/core";
import { expect, test, vi } from "vitest";
import { aContext, someDags, type TestContext } from "../testing/a-context.ts";
import { waitForGroup } from "./wait-for-group.ts";
import { waitForRun, type WaitForRunOptions } from "./wait-for-run.ts";
import { waitForTask, type WaitForTaskOptions } from "./wait-for-task.ts";

const DAY = "2025-10-01T00:00:00+00:00";
const aLook = (over: Partial<RunLook> = {}): RunLook => ({
  runId: "r1",
  logicalDate: DAY,
  state: "running",
  tasks: {},
  ...over,
});
const seeing = (look: RunLook | undefined): TestContext => aContext({ dags: someDags({ look: async () => look }) });
const waitRun = async (over: Partial<WaitForRunOptions>, ctx: TestContext): Promise<unknown> =>
  await waitForRun.spec.run({ dagId: "up", ...over }, ctx);
const waitTask = async (over: Partial<WaitForTaskOptions>, ctx: TestContext): Promise<unknown> =>
  await waitForTask.spec.run({ dagId: "up", taskId: "load", ...over }, ctx);
const FOUND = { dagId: "up", runs: [{ runId: "r1", logicalDate: DAY }] };

test("a run is waited for until it has succeeded, and fails the wait when it has failed", async () => {
  expect(await waitRun({}, seeing(undefined))).toBe(false);
  expect(await waitRun({}, seeing(aLook()))).toBe(false);
  expect(await waitRun({}, seeing(aLook({ state: "success" })))).toEqual(FOUND);
  await expect(waitRun({}, seeing(aLook({ state: "failed" })))).rejects.toMatchObject({
    code: "TASK_FAILED",
    message: "up, run r1: it is failed",
  });
  expect(await waitRun({ allowedStates: ["success", "failed"] }, seeing(aLook({ state: "failed" })))).toEqual(FOUND);
  expect(await waitRun({ failedStates: [] }, seeing(aLook({ state: "failed" })))).toBe(false);
  await expect(waitRun({ skippedStates: ["running"] }, seeing(aLook()))).rejects.toMatchObject({ name: "Skip" });
});

test("all instances of all tasks must be there; removed ones count for nothing", async () => {
  const load = (counts: RunLook["tasks"][string]): TestContext => seeing(aLook({ tasks: { load: counts } }));
  expect(await waitTask({}, load({ success: 3 }))).toEqual(FOUND);
  expect(await waitTask({}, load({ success: 3, running: 1 }))).toBe(false);
  expect(await waitTask({}, load({ success: 3, removed: 1 }))).toEqual(FOUND);
  expect(await waitTask({}, load({ removed: 1 }))).toBe(false);
  expect(await waitTask({}, load({}))).toBe(false);
  await expect(waitTask({}, load({ success: 3, upstream_failed: 1 }))).rejects.toMatchObject({ code: "TASK_FAILED" });
});

test.each<[string, Partial<WaitForRunOptions>, readonly string[]]>([
  ["its own logical date", {}, [DAY]],
  ["some time before", { before: "1d" }, ["2025-09-30T00:00:00+00:00"]],
  ["a date", { logicalDate: "2025-09-01T02:00+02:00" }, ["2025-09-01T00:00:00+00:00"]],
  [
    "several dates",
    { logicalDate: ["2025-09-01", "2025-09-02"] },
    ["2025-09-01T00:00:00+00:00", "2025-09-02T00:00:00+00:00"],
  ],
  ["what a function says", { logicalDate: (of) => of.dataInterval.end }, ["2025-10-02T00:00:00+00:00"]],
])("it looks at the run of %s", async (_what, options, dates) => {
  const look = vi.fn<DagAccess["look"]>(async () => aLook({ state: "success" }));
  await waitRun(options, aContext({ dags: someDags({ look }) }));
  expect(look.mock.calls.map(([question]) => question.logicalDate)).toEqual(dates);
});

test("a run id comes before dates", async () => {
  const look = vi.fn<DagAccess["look"]>(async () => aLook({ state: "success" }));
  await waitRun({ runId: "r1" }, aContext({ dags: someDags({ look }) }));
  expect(look.mock.calls).toEqual([[{ dagId: "up", runId: "r1" }]]);
});

test("all dates must be there", async () => {
  const look: DagAccess["look"] = async ({ logicalDate }) =>
    logicalDate === DAY ? aLook({ state: "success" }) : undefined;
  expect(await waitRun({ logicalDate: [DAY, "2025-10-02"] }, aContext({ dags: someDags({ look }) }))).toBe(false);
});

test("tasks and groups are asked for by name, and what cannot exist fails at once unless it may come", async () => {
  const look = vi.fn<DagAccess["look"]>(async () => {
    throw new MillraceError("NOT_FOUND", "the DAG up has no task lod; did you mean load?");
  });
  const ctx = aContext({ dags: someDags({ look }) });
  await expect(waitTask({ taskId: ["lod", "b"] }, ctx)).rejects.toMatchObject({
    name: "Permanent",
    message: expect.stringContaining("did you mean load?") as string,
  });
  expect(await waitTask({ mustExist: false }, ctx)).toBe(false);
  expect(await waitForGroup.spec.run({ dagId: "up", groupId: "g", mustExist: false }, ctx)).toBe(false);
  expect(look.mock.calls.map(([question]) => question)).toEqual([
    { dagId: "up", logicalDate: DAY, taskIds: ["lod", "b"] },
    { dagId: "up", logicalDate: DAY, taskIds: ["load"] },
    { dagId: "up", logicalDate: DAY, groupId: "g" },
  ]);
});

test("other errors are errors", async () => {
  const look: DagAccess["look"] = async () => {
    throw new MillraceError("STORE_UNAVAILABLE", "down");
  };
  await expect(waitRun({ mustExist: false }, aContext({ dags: someDags({ look }) }))).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
  });
});
