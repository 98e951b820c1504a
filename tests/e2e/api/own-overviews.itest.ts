import type { AddressInfo } from "node:net";
import * as api from "@millrace/api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aCaller, startServer, type ServerHarness } from "../../harness/server-harness.ts";

const DAGS = `
import { asset, cron, dag, param, triggerDag } from "millrace";
const table = asset("s3://lake/orders");
export const flow = dag("flow", { tags: ["sales", "daily"], params: { size: param(3) } }, ({ task, map }) => {
  const list = task("list", { owner: "ada" }, (_, { params }) => Array.from({ length: params.size }, (_, i) => i));
  const each = map("each", { each: { x: list } }, ({ x }) => x + 1);
  task("sum", { input: { all: each }, outlets: [table] }, ({ all }, { log, xcom }) => all.length);
});
export const breaks = dag("breaks", { tags: ["sales"] }, ({ task }) => {
  task("boom", { retries: 0 }, () => { throw new Error("no such table"); });
});
export const daily = dag("daily", { schedule: cron("0 4 * * *", "Europe/Berlin"), start: "2025-01-01", tags: ["ops"] }, ({ task }) => {
  task("only", () => 1);
});
export const follows = dag("follows", { schedule: table }, ({ task }) => { task("only", () => 1); });
export const starts = dag("starts", ({ task }) => { task("go", triggerDag({ dagId: "flow" })); task("only", () => 1); });
`;

const ROOT = "/api/millrace/v1";
let server: ServerHarness;
let client: api.MillraceClient;
let runId = 0;
let failedId = 0;
beforeAll(async () => {
  server = await startServer();
  await server.engine.deploy(DAGS);
  await server.app.listen({ host: "127.0.0.1", port: 0 });
  client = api.createClient({ url: `http://127.0.0.1:${(server.app.server.address() as AddressInfo).port}` });
  ({ runId } = await server.engine.trigger("flow"));
  ({ runId: failedId } = await server.engine.trigger("breaks"));
  await server.engine.ended(runId);
  await server.engine.ended(failedId);
});
afterAll(() => server[Symbol.asyncDispose]());

test("the start page says what failed and why, what comes next, and who works", async () => {
  const home = await client.call(api.getHome);
  expect(home).toMatchObject({
    dags: 5,
    pausedDags: 0,
    late: { count: 0, items: [] },
    importErrors: 0,
    schedulers: { alive: 1, silent: 0 },
    runs: { failed: { count: 1, items: [{ dagId: "breaks", runId: failedId, taskId: "boom", mapIndex: -1 }] } },
  });
  expect(home.runs?.failed.items[0].cause?.message).toContain("no such table");
  expect(home.nextRuns.map(({ dagId }) => dagId)).toEqual(["daily"]);
});

test("who may read one DAG sees the start page of it alone, without what they may not read", async () => {
  const { json: home } = await server.get(`${ROOT}/home`, { as: aCaller("can_read DAG:daily", "can_read DAG Runs") });
  expect(home).toMatchObject({ dags: 1, runs: { failed: { count: 0 } } });
  expect(home).not.toHaveProperty("schedulers");
  expect(home).not.toHaveProperty("importErrors");
  const { json: bare } = await server.get(`${ROOT}/home`, { as: aCaller("can_read DAGs") });
  expect(bare).not.toHaveProperty("runs");
});

test("DAGs are listed with their runs, and narrowed by tags, owner, pause and last run", async () => {
  const all = await client.call(api.listDags);
  expect(all.total).toBe(5);
  const flow = all.items.find(({ dagId }) => dagId === "flow");
  expect(flow).toMatchObject({
    owners: ["ada", "airflow"],
    runCounts: { success: 1 },
    lastRun: { runId, state: "success" },
  });
  expect(flow?.recentRuns).toEqual([flow?.lastRun]);
  const ids = async (query: api.InputOf<typeof api.listDags>["query"]) =>
    (await client.call(api.listDags, { query })).items.map(({ dagId }) => dagId);
  expect(await ids({ tags: "sales,ops" })).toEqual(["breaks", "daily", "flow"]);
  expect(await ids({ tags: "sales,daily", tagsMode: "all" })).toEqual(["flow"]);
  expect(await ids({ owner: "ada" })).toEqual(["flow"]);
  expect(await ids({ dagIds: "flow,daily,nothing" })).toEqual(["daily", "flow"]);
  expect(await ids({ lastRunState: "failed" })).toEqual(["breaks"]);
  expect(await ids({ paused: true })).toEqual([]);
  expect((await ids({ orderBy: "nextRun" }))[0]).toBe("daily");
  const first = await client.call(api.listDags, { query: { orderBy: "lastRun", limit: 2 } });
  const rest = await client.call(api.listDags, { query: { orderBy: "lastRun", after: first.next as string } });
  const inOrder = [...first.items, ...rest.items];
  const dates = inOrder.map(({ lastRun }) => lastRun?.logicalDate ?? "");
  expect(dates).toEqual([...dates].sort().reverse());
  expect(new Set(inOrder.map(({ dagId }) => dagId)).size).toBe(5);
  expect(rest.total).toBe(5);
});

test("what DAGs can be narrowed by comes with counts", async () => {
  expect(await client.call(api.getDagFacets)).toMatchObject({
    total: 5,
    paused: 0,
    tags: [
      { tag: "daily", count: 1 },
      { tag: "ops", count: 1 },
      { tag: "sales", count: 2 },
    ],
    owners: [
      { owner: "ada", count: 1 },
      { owner: "airflow", count: 5 },
    ],
    lastRunStates: { failed: 1 },
  });
});

test("runs are narrowed by type, key, who triggered them and when", async () => {
  const ids = async (query: api.InputOf<typeof api.listRuns>["query"]) =>
    (await client.call(api.listRuns, { query })).items.map((run) => run.runId);
  const { runKey, triggeredBy, logicalDate } = await client.call(api.getRun, { params: { runId } });
  expect(await ids({ runTypes: "manual", states: "failed" })).toEqual([failedId]);
  expect(await ids({ runTypes: "backfill" })).toEqual([]);
  expect(await ids({ key: runKey.slice(3).toUpperCase() })).toContain(runId);
  expect(await ids({ key: "nothing like it" })).toEqual([]);
  expect(await ids({ triggeredBy, dagId: "flow" })).toEqual([runId]);
  expect(await ids({ logicalDateFrom: logicalDate, logicalDateTo: logicalDate })).toEqual([runId]);
  expect(await ids({ queuedTo: "2001-01-01T00:00:00Z" })).toEqual([]);
  expect(await ids({ dagId: "flow", queuedFrom: "2001-01-01T00:00:00Z" })).toEqual([runId]);
  expect((await server.get(`${ROOT}/runs?runTypes=odd`)).json).toMatchObject({ code: "BAD_ARGUMENT" });
});

test("the calendar counts runs by day, and those to come, in the zone that is asked for", async () => {
  const { logicalDate } = await client.call(api.getRun, { params: { runId } });
  const year = Number(logicalDate.slice(0, 4));
  const flow = await client.call(api.getCalendar, { params: { dagId: "flow" }, query: { year } });
  expect(flow).toEqual({ zone: "UTC", days: [{ date: logicalDate.slice(0, 10), counts: { success: 1 } }] });
  const query = { year: year + 1, zone: "Europe/Berlin" };
  const { days } = await client.call(api.getCalendar, { params: { dagId: "daily" }, query });
  expect(days.length).toBeGreaterThanOrEqual(365);
  expect(days[0]).toEqual({ date: `${year + 1}-01-01`, counts: {}, planned: 1 });
  const wrong = await server.get(`${ROOT}/dags/daily/calendar?year=2026&zone=Mars`);
  expect(wrong.json).toMatchObject({ status: 400, code: "BAD_ARGUMENT" });
});

test("durations of runs and tasks", async () => {
  const { runs, tasks, taskRuns } = await client.call(api.getDurations, { params: { dagId: "flow" } });
  expect(runs).toMatchObject([{ runId, state: "success", runSeconds: expect.any(Number) as number }]);
  expect(taskRuns).toBe(1);
  expect(tasks.map(({ taskId, count, maxTries }) => [taskId, count, maxTries])).toEqual([
    ["each", 3, 1],
    ["list", 1, 1],
    ["sum", 1, 1],
  ]);
});

test("activity counts runs by type and state, and their task instances", async () => {
  const activity = await client.call(api.getActivity);
  expect(activity.runs).toEqual(
    expect.arrayContaining([
      { runType: "manual", state: "success", count: 1 },
      { runType: "manual", state: "failed", count: 1 },
    ]),
  );
  expect(activity.instances).toMatchObject({ failed: 1 });
  expect((await server.get(`${ROOT}/activity?from=2026-01-02&to=2026-01-01`)).status).toBe(400);
});

test("assets with who updates and follows them, and what is between DAGs", async () => {
  const { nodes, edges } = await client.call(api.getAssetGraph);
  expect(nodes.map(({ id }) => id).sort()).toEqual(["asset:s3://lake/orders", "dag:follows", "task:flow/sum"]);
  expect(edges).toEqual([
    { from: "task:flow/sum", to: "asset:s3://lake/orders" },
    { from: "asset:s3://lake/orders", to: "dag:follows" },
  ]);
  expect(await client.call(api.getDagDependencies)).toEqual({
    dags: ["flow", "follows", "starts"],
    edges: [
      { from: "flow", to: "follows", via: "asset", taskId: "sum", uri: "s3://lake/orders" },
      { from: "starts", to: "flow", via: "trigger", taskId: "go" },
    ],
    isPartial: false,
  });
  const beside = await client.call(api.getDagDependencies, { query: { dagId: "starts" } });
  expect(beside.dags).toEqual(["flow", "starts"]);
});

test("a task instance, its note and that of its run", async () => {
  const params = { runId, taskId: "sum", mapIndex: -1 };
  expect(await client.call(api.getTaskInstance, { params })).toMatchObject({
    dagId: "flow",
    state: "success",
    hasResult: true,
    xcomKeys: [],
    task: { label: "sum", upstream: ["each"], downstream: [], isMapped: false, pool: "default_pool" },
    links: [],
  });
  await client.call(api.setTaskNote, { params, body: { note: "looked at" } });
  expect((await client.call(api.getTaskInstance, { params })).note).toBe("looked at");
  await client.call(api.setTaskNote, { params, body: { note: "" } });
  expect(await client.call(api.getTaskInstance, { params })).not.toHaveProperty("note");
  await client.call(api.setRunNote, { params: { runId }, body: { note: "fine" } });
  expect((await client.call(api.getRun, { params: { runId } })).note).toBe("fine");
  const { entries } = await server.ports.audit.list({ limit: 1, offset: 0, event: "api.setRunNote" });
  expect(entries).toMatchObject([{ by: "user:admin" }]);
  const gone = { ...params, mapIndex: 7 };
  await expect(client.call(api.setTaskNote, { params: gone, body: { note: "x" } })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});

test("task instances are read at any position", async () => {
  const window = (query: api.InputOf<typeof api.getInstancesWindow>["query"]) =>
    client.call(api.getInstancesWindow, { params: { runId }, query });
  const middle = await window({ offset: 1, limit: 3 });
  expect(middle).toMatchObject({ offset: 1, total: 5 });
  expect(middle.items.map(({ taskId, mapIndex }) => `${taskId} ${mapIndex}`)).toEqual(["each 1", "each 2", "list -1"]);
  expect((await window({ offset: 5 })).items).toEqual([]);
  expect((await window({ taskId: "each", offset: 2 })).items).toMatchObject([{ mapIndex: 2 }]);
  expect(await window({ states: "failed" })).toEqual({ items: [], offset: 0, total: 0 });
  expect((await window({ states: "success", offset: 3 })).items.map(({ taskId }) => taskId)).toEqual(["list", "sum"]);
});

test("task instances of all runs are found by what they are, newest run first", async () => {
  const found = async (query: api.InputOf<typeof api.searchTaskInstances>["query"]) => {
    const { items } = await client.call(api.searchTaskInstances, { query });
    return items.map(({ run, taskId, mapIndex }) => `${run.dagId} ${taskId} ${mapIndex}`);
  };
  const flow = ["flow each 0", "flow each 1", "flow each 2", "flow list -1", "flow sum -1"];
  expect(await found({ dagId: "flow" })).toEqual(flow);
  expect((await found({})).slice(0, 1)).not.toEqual(flow.slice(0, 1));
  expect(await found({ states: "failed" })).toEqual(["breaks boom -1"]);
  expect(await found({ states: "failed", dagId: "flow" })).toEqual([]);
  expect(await found({ states: "running,queued" })).toEqual([]);
  expect(await found({ taskId: "sum" })).toEqual(["flow sum -1"]);
  expect(await found({ dagId: "flow", pool: "default_pool", queue: "default" })).toEqual(flow);
  expect(await found({ pool: "other" })).toEqual([]);
  expect(await found({ dagId: "flow", minSeconds: 1_000 })).toEqual([]);
  expect(await found({ dagId: "flow", startedFrom: "2250-01-01T00:00:00Z" })).toEqual([]);
  expect(await found({ dagId: "flow", endedTo: "2250-01-01T00:00:00Z" })).toEqual(flow);
  const { runKey } = await client.call(api.getRun, { params: { runId } });
  expect(await found({ dagId: "flow", runKey })).toEqual(flow);
  expect(await found({ dagId: "breaks", runKey })).toEqual([]);
});

test("pages of task instances of all runs follow each other without a gap", async () => {
  const all = await client.call(api.searchTaskInstances);
  const seen: unknown[] = [];
  let after: string | undefined;
  do {
    const query = { limit: 2, ...(after !== undefined && { after }) };
    const page = await client.call(api.searchTaskInstances, { query });
    seen.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  expect(seen).toEqual(all.items);
});

test("who may read one DAG finds its task instances alone", async () => {
  const as = aCaller("can_read DAG:breaks", "can_read DAG Runs", "can_read Task Instances");
  const { json } = await server.get(`${ROOT}/task-instances`, { as });
  const { items } = json as api.AnswerOf<typeof api.searchTaskInstances>;
  expect(new Set(items.map(({ run }) => run.dagId))).toEqual(new Set(["breaks"]));
});

test("queues are told with the capacity of this system", async () => {
  const { items, capacity } = await client.call(api.listQueues);
  expect(items).toEqual([]);
  expect(capacity).toBeGreaterThan(0);
});
