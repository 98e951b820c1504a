import { expect, test, beforeAll, afterAll } from "vitest";
import { aCaller, startServer, type ServerHarness } from "../../harness/server-harness.ts";

const DAGS = `
import { cron, dag } from "millrace";
export const orders = dag("orders", { params: { region: "eu" } }, ({ task }) => {
  const list = task("list", () => [1, 2]);
  task("sum", { input: { list } }, ({ list }) => list.length);
});
export const nightly = dag("nightly", { schedule: cron("@daily"), pausedUponCreation: true }, ({ task }) => { task("a", () => 1); });
export const stuck = dag("stuck", ({ task }) => {
  task("waits", (_, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("stopped")))));
  task("other", () => 1);
});
`;

let server: ServerHarness;
beforeAll(async () => {
  server = await startServer();
  await server.engine.deploy(DAGS);
});
afterAll(() => server[Symbol.asyncDispose]());

const ORDERS = "/api/v1/dags/orders/dagRuns";
const post = (body: unknown, dagId = "orders") => server.request("POST", `/api/v1/dags/${dagId}/dagRuns`, { body });
const ended = async (runKey: string, dagId = "orders"): Promise<void> => {
  const run = await server.engine.store.queries.findRun(dagId, runKey);
  await server.engine.ended(run?.runId ?? 0);
};

test("a trigger without anything makes a run of now, which runs", async () => {
  const { status, json } = await post({});
  expect(status).toBe(200);
  expect(json).toMatchObject({
    dag_id: "orders",
    state: "queued",
    run_type: "manual",
    external_trigger: true,
    start_date: null,
    end_date: null,
    conf: {},
    note: null,
  });
  expect(json.dag_run_id).toBe(`manual__${json.logical_date}`);
  expect([json.execution_date, json.data_interval_start, json.data_interval_end]).toEqual(
    Array(3).fill(json.logical_date),
  );
  expect(Object.keys(json)).toHaveLength(14);
  await ended(json.dag_run_id);
  expect((await server.get(`${ORDERS}/${encodeURIComponent(json.dag_run_id)}`)).json).toMatchObject({
    state: "success",
  });
});

test("a trigger says date, interval, conf and note, under the old name of the date, too", async () => {
  const { json } = await post({
    dag_run_id: "all",
    logical_date: "2020-06-11T18:00:00+00:00",
    execution_date: "2020-06-11T20:00:00+02:00",
    data_interval_start: "2020-06-10T00:00:00Z",
    data_interval_end: "2020-06-11T00:00:00Z",
    conf: { region: "us" },
    note: "by hand",
  });
  expect(json).toMatchObject({
    dag_run_id: "all",
    logical_date: "2020-06-11T18:00:00+00:00",
    data_interval_start: "2020-06-10T00:00:00+00:00",
    data_interval_end: "2020-06-11T00:00:00+00:00",
    conf: { region: "us" },
    note: "by hand",
  });
  expect((await post({ dag_run_id: "all", logical_date: "2020-06-11T18:00:00Z" })).json).toMatchObject({
    status: 409,
    detail: "DAGRun with DAG ID: 'orders' and DAGRun logical date: '2020-06-11 18:00:00+00:00' already exists",
  });
  expect((await post({ dag_run_id: "all" })).json).toMatchObject({
    status: 409,
    detail: "DAGRun with DAG ID: 'orders' and DAGRun ID: 'all' already exists",
  });
});

test.each([
  [
    { logical_date: "2020-01-01T00:00:00Z", execution_date: "2020-01-02T00:00:00Z" },
    { title: "logical_date conflicts with execution_date", detail: "'2020-01-01T00:00:00Z' != '2020-01-02T00:00:00Z'" },
  ],
  [
    { data_interval_start: "2020-01-01T00:00:00Z" },
    { detail: `{'_schema': ["Both 'data_interval_start' and 'data_interval_end' must be specified together"]}` },
  ],
  [{ conf: "no object" }, { detail: "'no object' is not of type 'object' - 'conf'" }],
  [{ conf: { region: 7 } }, { detail: expect.stringContaining("Invalid input for param") }],
  [{ state: "failed" }, { detail: "Property is read-only - 'state'" }],
  [{ dag_run_id: "no/good" }, { title: "Bad Request" }],
  [{ logical_date: "2020-01-01T00:00:00" }, { detail: "'2020-01-01T00:00:00' is not a 'date-time' - 'logical_date'" }],
])("the trigger %j is refused: %j", async (body, problem) => {
  expect((await post(body)).json).toMatchObject({ status: 400, ...problem });
});

test("a DAG that is not there or whose file is broken cannot be triggered", async () => {
  expect((await post({}, "nobody")).json).toMatchObject({
    status: 404,
    title: "DAG not found",
    detail: "DAG with dag_id: 'nobody' not found",
  });
});

test("lists are filtered, ordered and cut into pages, with the total of all that fits", async () => {
  for (const day of [1, 2, 3])
    await post({ dag_run_id: `n${day}`, logical_date: `2021-01-0${day}T00:00:00Z` }, "nightly");
  const list = async (query: string) => {
    const { json } = await server.get(`/api/v1/dags/nightly/dagRuns?${query}`);
    return [json.dag_runs.map((run: { dag_run_id: string }) => run.dag_run_id).join(" "), json.total_entries];
  };
  expect(await list("")).toEqual(["n1 n2 n3", 3]);
  expect(await list("order_by=-execution_date&limit=2")).toEqual(["n3 n2", 3]);
  expect(await list("limit=2&offset=2")).toEqual(["n3", 3]);
  expect(await list("execution_date_gte=2021-01-02T00:00:00Z&execution_date_lte=2021-01-02T01:00:00+01:00")).toEqual([
    "n2",
    1,
  ]);
  expect(await list("state=queued")).toEqual(["n1 n2 n3", 3]);
  expect(await list("state=running&state=failed")).toEqual(["", 0]);
  expect(await list("start_date_gte=2000-01-01")).toEqual(["", 0]);
  expect(await list("updated_at_gte=2000-01-01")).toEqual(["n1 n2 n3", 3]);
  for (const field of [
    "id",
    "state",
    "dag_id",
    "dag_run_id",
    "start_date",
    "end_date",
    "updated_at",
    "external_trigger",
    "conf",
  ])
    expect((await list(`order_by=-${field}`))[1]).toBe(3);
  expect((await server.get("/api/v1/dags/nightly/dagRuns?order_by=note")).json).toMatchObject({
    detail: "Ordering with 'note' is disallowed or the attribute does not exist on the model",
  });
  expect((await server.get("/api/v1/dags/nobody/dagRuns")).json).toEqual({ dag_runs: [], total_entries: 0 });
  expect((await server.get("/api/v1/dags/nightly/dagRuns?fields=state,dag_id&limit=1")).json.dag_runs).toEqual([
    { dag_id: "nightly", state: "queued" },
  ]);
  const own = await server.get("/api/v1/dags/~/dagRuns", { as: aCaller("can_read DAG:nightly", "can_read DAG Runs") });
  expect(new Set(own.json.dag_runs.map((run: { dag_id: string }) => run.dag_id))).toEqual(new Set(["nightly"]));
});

test("the list by POST takes DAGs and states, and leaves out what the caller may not read", async () => {
  const list = (body: unknown, as = aCaller("can_read DAG:nightly", "can_read DAG Runs")) =>
    server.request("POST", "/api/v1/dags/~/dagRuns/list", { body, as });
  expect((await list({ dag_ids: ["orders", "nightly"], states: ["queued"], page_limit: 2 })).json).toMatchObject({
    total_entries: 3,
    dag_runs: [{ dag_run_id: "n1" }, { dag_run_id: "n2" }],
  });
  expect((await list({ page_offset: 2 })).json.dag_runs).toMatchObject([{ dag_run_id: "n3" }]);
  expect((await list({ page_limit: 0 })).json).toMatchObject({
    detail: "0 is less than the minimum of 1 - 'page_limit'",
  });
  expect((await list({ start_date_gte: "2020-01-01T00:00:00" })).status).toBe(400);
});

test("a run is marked by hand, and one that is marked queued runs again", async () => {
  await post({ dag_run_id: "s1" }, "stuck");
  const mark = (state: string, runKey = "s1") =>
    server.request("PATCH", `/api/v1/dags/stuck/dagRuns/${runKey}`, { body: { state } });
  expect((await mark("failed")).json).toMatchObject({ state: "failed", end_date: expect.any(String) });
  expect((await mark("success")).json).toMatchObject({ state: "success" });
  expect((await mark("queued")).json).toMatchObject({ state: "queued", start_date: null, end_date: null });
  expect((await mark("running")).json).toMatchObject({ status: 400, detail: expect.stringContaining("is not one of") });
  expect((await mark("failed", "nothing")).json).toMatchObject({
    status: 404,
    title: "Dag Run id nothing not found in dag stuck",
    detail: null,
  });
});

test("a dry clear of a run changes nothing and names its task instances; a real one lets it run again", async () => {
  await post({ dag_run_id: "c1" });
  await ended("c1");
  const clear = (body: unknown) => server.request("POST", `${ORDERS}/c1/clear`, { body });
  const dry = await server.app.inject({
    method: "POST",
    url: `${ORDERS}/c1/clear`,
    headers: { "content-type": "application/json" },
    payload: "{}",
  });
  expect(dry.json().task_instances).toMatchObject([
    { dag_id: "orders", dag_run_id: "c1", task_id: "list", execution_date: expect.any(String) },
    { task_id: "sum" },
  ]);
  expect((await server.get(`${ORDERS}/c1`)).json.state).toBe("success");
  const before = (await server.engine.store.queries.findRun("orders", "c1"))?.changeVersion ?? 0;
  expect((await clear({ dry_run: false })).json).toMatchObject({ state: "queued", start_date: null, end_date: null });
  await ended("c1");
  expect((await server.engine.store.queries.findRun("orders", "c1"))?.clearNumber).toBe(1);
  expect((await server.engine.store.queries.findRun("orders", "c1"))?.changeVersion).toBeGreaterThan(before);
});

test("a note is set, replaced and taken away", async () => {
  const note = (text: unknown) => server.request("PATCH", `${ORDERS}/all/setNote`, { body: { note: text } });
  expect((await note("new")).json).toMatchObject({ dag_run_id: "all", note: "new" });
  expect((await note("")).json.note).toBe("");
  expect((await note(null)).json.note).toBeNull();
  expect((await note("x".repeat(1_001))).json).toMatchObject({
    status: 400,
    detail: "{'note': ['Longer than maximum length 1000.']}",
  });
  expect((await server.request("PATCH", `${ORDERS}/none/setNote`, { body: { note: "n" } })).status).toBe(404);
});

test("a run is deleted with all that it has, also while it runs", async () => {
  await post({ dag_run_id: "d1" }, "stuck");
  const url = "/api/v1/dags/stuck/dagRuns/d1";
  const gone = await server.request("DELETE", url);
  expect([gone.status, gone.text]).toEqual([204, ""]);
  expect((await server.get(url)).json).toMatchObject({
    status: 404,
    title: "DAGRun not found",
    detail: "DAGRun with DAG ID: 'stuck' and DagRun ID: 'd1' not found",
  });
  expect((await server.request("DELETE", url)).json).toMatchObject({ status: 404, title: "Not Found" });
  expect((await server.get(`${url}/taskInstances`)).json.total_entries).toBe(0);
});
