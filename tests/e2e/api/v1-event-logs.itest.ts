import { afterAll, beforeAll, expect, test } from "vitest";
import { aCaller, startServer, type ServerHarness } from "../../harness/server-harness.ts";

let server: ServerHarness;
beforeAll(async () => {
  server = await startServer();
  const { audit } = server.ports;
  await audit.record({ event: "login", by: "user:ada", from: "10.0.0.1" });
  await audit.record({
    event: "api.patch_task_instance",
    by: "user:bob",
    from: "10.0.0.2",
    dagId: "orders",
    runKey: "run-1",
    taskId: "load",
    mapIndex: 3,
    tryNumber: 2,
    logicalDate: 1_577_836_800_000_000,
    extra: '{"new_state": "success"}',
  });
  await audit.record({ event: "api.delete_pool", by: "token:deploy", from: "10.0.0.3", dagId: "trade" });
});
afterAll(() => server[Symbol.asyncDispose]());

async function events(query: string): Promise<readonly string[]> {
  const { status, json } = await server.get(`/api/v1/eventLogs?${query}`);
  expect(status).toBe(200);
  return json.event_logs.map(({ event }: { event: string }) => event);
}

test("an entry has Airflow's keys, an owner by name, and nulls for what it is not about", async () => {
  const { json } = await server.get("/api/v1/eventLogs");
  expect(json.total_entries).toBe(3);
  const [login, patch, pool] = json.event_logs;
  expect(patch).toEqual({
    event_log_id: login.event_log_id + 1,
    when: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/),
    dag_id: "orders",
    task_id: "load",
    run_id: "run-1",
    map_index: 3,
    try_number: 2,
    event: "api.patch_task_instance",
    execution_date: "2020-01-01T00:00:00+00:00",
    owner: "bob",
    extra: '{"new_state": "success"}',
  });
  expect(login).toMatchObject({ dag_id: null, map_index: null, try_number: null, execution_date: null, extra: null });
  expect(pool.owner).toBe("token:deploy");
  const one = await server.get(`/api/v1/eventLogs/${patch.event_log_id}`);
  expect(one).toMatchObject({ status: 200, json: patch });
});

test("an entry that nobody wrote is not found", async () => {
  expect(await server.get("/api/v1/eventLogs/999999")).toMatchObject({
    status: 404,
    json: { title: "Event Log not found", detail: null },
  });
  expect((await server.get("/api/v1/eventLogs/x")).status).toBe(404);
});

test.each([
  ["dag_id=orders", ["api.patch_task_instance"]],
  ["task_id=load&run_id=run-1&map_index=3&try_number=2", ["api.patch_task_instance"]],
  ["event=login", ["login"]],
  ["owner=ada", ["login"]],
  ["owner=token:deploy", ["api.delete_pool"]],
  ["owner=deploy", []],
  ["included_events=login, api.delete_pool", ["login", "api.delete_pool"]],
  ["excluded_events=login,api.delete_pool", ["api.patch_task_instance"]],
  ["before=2000-01-01T00:00:00Z", []],
  ["after=2000-01-01T00:00:00Z&excluded_events=login", ["api.patch_task_instance", "api.delete_pool"]],
  ["dag_id=orders&event=login", []],
])("%s finds %j", async (query, expected) => {
  expect(await events(query)).toEqual(expected);
});

test("a page has its part, and the total counts all that fit", async () => {
  const { json } = await server.get("/api/v1/eventLogs?limit=1&offset=1&excluded_events=login");
  expect(json).toMatchObject({ event_logs: [{ event: "api.delete_pool" }], total_entries: 2 });
  const beyond = await server.get("/api/v1/eventLogs?limit=1&offset=7");
  expect(beyond.json).toEqual({ event_logs: [], total_entries: 3 });
});

test.each([
  ["-event_log_id", ["api.delete_pool", "api.patch_task_instance", "login"]],
  ["owner", ["login", "api.patch_task_instance", "api.delete_pool"]],
  ["-event", ["login", "api.patch_task_instance", "api.delete_pool"]],
  ["when", ["login", "api.patch_task_instance", "api.delete_pool"]],
  ["dag_id", ["api.patch_task_instance", "api.delete_pool", "login"]],
])("ordered by %s", async (order, expected) => {
  expect(await events(`order_by=${order}`)).toEqual(expected);
});

test("what cannot be asked is refused in Airflow's words", async () => {
  expect(await server.get("/api/v1/eventLogs?order_by=from_address")).toMatchObject({
    status: 400,
    json: { detail: "Ordering with 'from_address' is disallowed or the attribute does not exist on the model" },
  });
  expect(await server.get("/api/v1/eventLogs?before=yesterday")).toMatchObject({
    status: 400,
    json: { title: "Incorrect datetime argument" },
  });
});

test("only those who may read the audit see it", async () => {
  expect((await server.get("/api/v1/eventLogs", { as: aCaller("can_read DAGs") })).status).toBe(403);
  expect((await server.get("/api/v1/eventLogs", { as: aCaller("can_read Audit Logs") })).status).toBe(200);
});

const OWN = "/api/millrace/v1";
const FLOW = `import { cron, dag } from "millrace";
export const flow = dag("flow", { schedule: cron("0 4 * * *"), start: "2030-01-01" }, ({ task }) => { task("a", () => 1); });`;

test("what is done to a run or a backfill that is named by a number tells its DAG and its run", async () => {
  await server.engine.deploy(FLOW);
  const { runId, runKey } = await server.engine.trigger("flow", { runKey: "first" });
  await server.engine.ended(runId);
  const days = { from: 1_735_689_600_000_000, to: 1_735_689_600_000_000 };
  const wish = { dagId: "flow", ...days, reprocess: "none", reverse: false, maxActiveRuns: 1, conf: null } as const;
  const { backfillId } = await server.ports.queries.createBackfill(wish, "user:test");
  const clear = { kind: "clear", runKey, select: {}, version: "newest" };
  const writes: readonly (readonly [Parameters<ServerHarness["request"]>[0], string, object])[] = [
    ["POST", `${OWN}/runs/${runId}/mark`, { state: "failed" }],
    ["POST", `${OWN}/runs/${runId}/mark-tasks`, { state: "success", select: { taskIds: ["a"] } }],
    ["PUT", `${OWN}/runs/${runId}/task-instances/a/-1/note`, { note: "n" }],
    ["POST", `${OWN}/dags/flow/preview`, { command: clear }],
    ["POST", `/api/v1/dags/flow/clearTaskInstances`, { dag_run_id: runKey, dry_run: true }],
    ["POST", `${OWN}/runs/${runId}/clear`, {}],
    ["POST", `${OWN}/backfills/${backfillId}/state`, { state: "cancelled" }],
  ];
  for (const [method, url, body] of writes)
    // A backfill that ended meanwhile is written down as well.
    expect([200, 409], url).toContain((await server.request(method, url, { body })).status);
  const { json } = await server.get("/api/v1/eventLogs?dag_id=flow&order_by=event_log_id");
  const of = { dag_id: "flow", run_id: "first" };
  expect(json.event_logs).toMatchObject([
    { event: "api.markWholeRun", ...of },
    { event: "api.markTaskInstances", ...of },
    { event: "api.setTaskNote", ...of, task_id: "a", map_index: -1 },
    { event: "api.previewCommand", ...of },
    { event: "api.post_clear_task_instances", ...of },
    { event: "api.clearRun", ...of },
    { event: "api.setBackfillState", dag_id: "flow", run_id: null },
  ]);
  await server.engine.ended(runId);
});

test("what is done to a user says to whom, without the password", async () => {
  const user = { username: "eve", email: "e@example.com", firstName: "", lastName: "", roles: [] };
  await server.ports.accounts.createUser(user);
  await server.request("PATCH", `${OWN}/users/eve`, { body: { isActive: false, password: "hunter2hunter2" } });
  await server.request("DELETE", "/api/v1/users/eve");
  const { json } = await server.get("/api/v1/eventLogs?order_by=-event_log_id&limit=2");
  expect(json.event_logs).toMatchObject([
    { event: "api.delete_user", extra: '{"about":"eve"}' },
    { event: "api.updateUser", extra: '{"about":"eve","isActive":false,"password":"***"}' },
  ]);
});
