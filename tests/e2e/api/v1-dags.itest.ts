import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aCaller, startServer, type ServerHarness } from "../../harness/server-harness.ts";
import { compileDags } from "../../harness/compile-dags.ts";

let server: ServerHarness;

const FILE = `
import { cron, dag } from "@millrace/core";
export const one = dag("orders_1", { tags: ["sales", "daily"], schedule: cron("0 6 * * *"), start: "2026-01-01", description: "Orders", maxActiveRuns: 3,
  params: { day: "x" }, doc: "# Orders" }, ({ task }) => {
  task("extract", { owner: "ada" }, () => 1);
});
export const ten = dag("orders_10", { tags: ["sales"] }, ({ task }) => { task("only", () => 1); });
export const two = dag("orders_2", { displayName: "Second" }, ({ task }) => { task("only", () => 1); });
`;
const USERS = `
import { dag } from "@millrace/core";
export const users = dag("users", {}, ({ task }) => { task("only", () => 1); });
export const old = dag("old", {}, ({ task }) => { task("only", () => 1); });
`;

beforeAll(async () => {
  server = await startServer();
  await server.engine.deploy(compileDags(FILE, "orders.dag.ts"), compileDags(USERS, "users.dag.ts"));
  const kept = compileDags(USERS.replace(/export const old.*/, ""), "users.dag.ts");
  await server.engine.deploy(compileDags(FILE, "orders.dag.ts"), kept);
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

async function ids(query: string, how = {}): Promise<readonly string[]> {
  const { json, status } = await server.get(`/api/v1/dags${query}`, how);
  expect(status).toBe(200);
  return json.dags.map((dag: { readonly dag_id: string }) => dag.dag_id);
}

describe("the list of DAGs", () => {
  test("holds active DAGs, ordered as texts", async () => {
    expect(await ids("")).toEqual(["orders_1", "orders_10", "orders_2", "users"]);
    expect(await ids("?order_by=-dag_id")).toEqual(["users", "orders_2", "orders_10", "orders_1"]);
    expect(await ids("?only_active=false")).toContain("old");
  });

  test("is filtered by tag, part of the id and pause", async () => {
    expect(await ids("?tags=daily&tags=nothing")).toEqual(["orders_1"]);
    expect(await ids("?tags=sales")).toEqual(["orders_1", "orders_10"]);
    expect(await ids("?dag_id_pattern=DERS_1")).toEqual(["orders_1", "orders_10"]);
    expect(await ids("?paused=true")).toEqual([]);
    expect(await ids("?paused=false")).toHaveLength(4);
  });

  test("comes in pages that say how many there are in all", async () => {
    const page = await server.get("/api/v1/dags?limit=2&offset=1");
    expect(page.json).toMatchObject({ dags: [{ dag_id: "orders_10" }, { dag_id: "orders_2" }], total_entries: 4 });
    expect(await server.get("/api/v1/dags?limit=-1")).toMatchObject({
      status: 400,
      json: { title: "Page limit must be a positive integer", detail: null },
    });
    expect(await server.get("/api/v1/dags?order_by=description")).toMatchObject({
      status: 400,
      json: { detail: "Ordering with 'description' is disallowed or the attribute does not exist on the model" },
    });
  });

  test("shows a caller only the DAGs that he may read", async () => {
    const as = aCaller("can_read DAG:users", "can_read DAG:orders_2");
    expect(await ids("", { as })).toEqual(["orders_2", "users"]);
    expect((await server.get("/api/v1/dags", { as })).json.total_entries).toBe(2);
  });

  test("can be of wanted fields alone", async () => {
    expect((await server.get("/api/v1/dags?fields=dag_id,tags&limit=1")).json).toEqual({
      dags: [{ dag_id: "orders_1", tags: [{ name: "sales" }, { name: "daily" }] }],
      total_entries: 4,
    });
    expect(await server.get("/api/v1/dags?fields=caw")).toMatchObject({
      status: 400,
      json: { detail: "Invalid fields for <DAGCollectionSchema(many=False)>: {'caw'}." },
    });
  });
});

describe("one DAG", () => {
  test("has Airflow's 28 keys", async () => {
    const { json, status } = await server.get("/api/v1/dags/orders_1");
    expect(status).toBe(200);
    expect(Object.keys(json)).toHaveLength(28);
    expect(json).toMatchObject({
      dag_id: "orders_1",
      dag_display_name: "orders_1",
      description: "Orders",
      is_active: true,
      is_paused: false,
      is_subdag: false,
      owners: ["ada"],
      tags: [{ name: "sales" }, { name: "daily" }],
      schedule_interval: { __type: "CronExpression", value: "0 6 * * *" },
      max_active_runs: 3,
      max_active_tasks: 16,
      has_import_errors: false,
      has_task_concurrency_limits: false,
      root_dag_id: null,
    });
    expect(json.fileloc).toMatch(/orders\.dag\.ts$/);
    expect((await server.get("/api/v1/dags/orders_10")).json).toMatchObject({
      schedule_interval: null,
      next_dagrun: null,
      timetable_description: "Never, external triggers only",
    });
    expect((await server.get("/api/v1/dags/orders_2?fields=dag_display_name")).json).toEqual({
      dag_display_name: "Second",
    });
  });

  test("has more in its details", async () => {
    const { json } = await server.get("/api/v1/dags/orders_1/details");
    expect(json).toMatchObject({
      dag_id: "orders_1",
      catchup: false,
      concurrency: 16,
      doc_md: "# Orders",
      dag_run_timeout: null,
      dataset_expression: null,
      start_date: "2026-01-01T00:00:00+00:00",
      end_date: null,
      timezone: "UTC",
      orientation: "LR",
      params: {
        day: { __class: "airflow.models.param.Param", value: "x", description: null, schema: { type: "string" } },
      },
    });
    expect(json.last_parsed).toBe(json.last_parsed_time);
    expect((await server.get("/api/v1/dags/orders_1/details?fields=catchup")).json).toEqual({ catchup: false });
  });

  test("that is not there is not found, with Airflow's words", async () => {
    for (const url of ["/api/v1/dags/nothing", "/api/v1/dags/nothing/details"]) {
      expect(await server.get(url)).toMatchObject({
        status: 404,
        json: { title: "DAG not found", detail: "The DAG with dag_id: nothing was not found" },
      });
    }
  });

  test("is for those who may read it", async () => {
    const as = aCaller("can_read DAG:users");
    expect((await server.get("/api/v1/dags/users", { as })).status).toBe(200);
    expect((await server.get("/api/v1/dags/orders_1", { as })).status).toBe(403);
  });
});

describe("pausing", () => {
  test("one DAG takes effect at once", async () => {
    const patch = (body: unknown, query = "") => server.request("PATCH", `/api/v1/dags/orders_2${query}`, { body });
    expect(await patch({ is_paused: true })).toMatchObject({ status: 200, json: { is_paused: true } });
    expect(await ids("?paused=true")).toEqual(["orders_2"]);
    expect(await patch({ is_paused: false }, "?update_mask=is_paused")).toMatchObject({ json: { is_paused: false } });
    expect(await ids("?paused=true")).toEqual([]);
  });

  test("is all that can be changed", async () => {
    const patch = (body: unknown, query = "", dag = "orders_2") =>
      server.request("PATCH", `/api/v1/dags/${dag}${query}`, { body });
    expect(await patch({ is_paused: true }, "?update_mask=description")).toMatchObject({
      status: 400,
      json: { detail: "Only `is_paused` field can be updated through the REST API" },
    });
    expect(await patch({ is_paused: true, description: "x" })).toMatchObject({
      status: 400,
      json: { detail: "Property is read-only - 'description'" },
    });
    expect(await patch({ caw: 1 })).toMatchObject({ status: 400, json: { detail: "{'caw': ['Unknown field.']}" } });
    expect(await patch({})).toMatchObject({
      status: 400,
      json: { detail: "{'is_paused': ['Missing data for required field.']}" },
    });
    expect(await patch({ is_paused: true }, "", "nothing")).toMatchObject({
      status: 404,
      json: { title: "Dag with id: 'nothing' not found", detail: null },
    });
  });

  test("many DAGs changes the page that the query names, of the DAGs that the caller may edit", async () => {
    const patch = (query: string, how = {}) =>
      server.request("PATCH", `/api/v1/dags${query}`, { body: { is_paused: true }, ...how });
    expect(await patch("")).toMatchObject({ status: 400 });
    const first = await patch("?dag_id_pattern=orders&limit=1");
    expect(first).toMatchObject({
      status: 200,
      json: { dags: [{ dag_id: "orders_1", is_paused: true }], total_entries: 3 },
    });
    expect(await ids("?paused=true")).toEqual(["orders_1"]);
    const as = aCaller("can_edit DAG:users", "can_read DAGs");
    expect((await patch("?dag_id_pattern=~", { as })).json).toMatchObject({ total_entries: 1 });
    expect(await ids("?paused=true")).toEqual(["orders_1", "users"]);
    const undo = { body: { is_paused: false } };
    expect((await server.request("PATCH", "/api/v1/dags?dag_id_pattern=~", undo)).json.total_entries).toBe(4);
    expect(await ids("?paused=true")).toEqual([]);
  });

  test("is written down with who did it", async () => {
    await server.request("PATCH", "/api/v1/dags/orders_2", { body: { is_paused: false } });
    const { entries } = await server.ports.audit.list({ limit: 1, offset: 0, isDescending: true });
    expect(entries[0]).toMatchObject({ event: "api.patch_dag", by: "user:admin", dagId: "orders_2" });
  });
});

describe("run counts", () => {
  test("come with every state, in order, for the DAGs asked for that the caller may read", async () => {
    const { runId } = await server.engine.trigger("orders_2");
    await server.engine.ended(runId);
    const stats = (query: string, how = {}) => server.get(`/api/v1/dagStats?dag_ids=${query}`, how);
    expect((await stats("orders_2,users,nothing")).json).toEqual({
      dags: [
        {
          dag_id: "orders_2",
          stats: [
            { state: "queued", count: 0 },
            { state: "running", count: 0 },
            { state: "success", count: 1 },
            { state: "failed", count: 0 },
          ],
        },
        expect.objectContaining({ dag_id: "users" }),
      ],
      total_entries: 2,
    });
    const as = aCaller("can_read DAG:users", "can_read DAG Runs");
    expect((await stats("orders_2,users", { as })).json).toMatchObject({
      dags: [{ dag_id: "users" }],
      total_entries: 1,
    });
    expect((await server.get("/api/v1/dagStats")).status).toBe(400);
  });
});

describe("deleting", () => {
  test("a DAG whose file is gone takes its metadata with it", async () => {
    expect(await server.request("DELETE", "/api/v1/dags/old")).toMatchObject({ status: 204, text: "" });
    expect(await server.request("DELETE", "/api/v1/dags/old")).toMatchObject({
      status: 404,
      json: { title: "Dag with id: 'old' not found", detail: null },
    });
  });

  test("a DAG that a file declares goes with its runs, and comes back without them when the file is read", async () => {
    const { runKey, runId } = await server.engine.trigger("users");
    await server.engine.ended(runId);
    expect(await server.request("DELETE", "/api/v1/dags/users")).toMatchObject({ status: 204 });
    expect((await server.get("/api/v1/dags/users")).status).toBe(404);
    const me = { host: "test", pid: 1 };
    expect(await server.ports.parseRequests.open(me)).toEqual([expect.stringMatching(/users\.dag\.ts$/)]);
    await server.engine.deploy(compileDags(FILE, "orders.dag.ts"), compileDags(USERS, "users.dag.ts"));
    expect((await server.get("/api/v1/dags/users")).json).toMatchObject({ is_paused: false });
    expect(await server.ports.queries.findRun("users", runKey)).toBeUndefined();
    const again = await server.engine.trigger("users");
    expect(await server.engine.ended(again.runId)).toBe("success");
  });

  test("a DAG with a run that has not ended is kept as it was", async () => {
    await server.request("PATCH", "/api/v1/dags/orders_10", { body: { is_paused: true } });
    await server.engine.send("orders_10", { kind: "trigger" });
    await server.engine.send("orders_2", { kind: "trigger", runAfter: 4_000_000_000_000_000 });
    expect(await server.request("DELETE", "/api/v1/dags/orders_2")).toMatchObject({
      status: 409,
      json: { title: "Conflict", detail: "Task instances of dag with id: 'orders_2' are still running" },
    });
    expect((await server.get("/api/v1/dags/orders_2")).json).toMatchObject({ is_paused: false });
  });
});
