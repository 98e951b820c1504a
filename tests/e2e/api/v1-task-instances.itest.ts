import { afterAll, beforeAll, expect, test } from "vitest";
import { aCaller, startServer, type ServerHarness } from "../../harness/server-harness.ts";

const DAGS = `
import { dag } from "millrace";
export const orders = dag("orders", ({ task }) => {
  task("load", { queue: "wide" }, () => 1);
  task("fails", { retries: 1, retryDelay: "1ms" }, () => { throw new Error("no"); });
});
export const stuck = dag("stuck", ({ task }) => {
  const first = task("first", (_, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("stopped")))));
  task("second", { after: [first] }, () => 1);
});
`;
const RUN = "/api/v1/dags/orders/dagRuns/r1/taskInstances";
const STUCK = "/api/v1/dags/stuck/dagRuns/s1/taskInstances";

let server: ServerHarness;
beforeAll(async () => {
  server = await startServer();
  await server.engine.deploy(DAGS);
  const { runId } = await server.engine.trigger("orders", { runKey: "r1", logicalDate: 1_600_000_000_000_000 });
  await server.engine.ended(runId);
  const handedOver = server.engine.committed(({ instances }) => instances.some(({ state }) => state === "queued"));
  await server.engine.trigger("stuck", { runKey: "s1" });
  await handedOver;
});
afterAll(() => server[Symbol.asyncDispose]());

const ids = ({ json }: { json: { task_instances: { task_id: string }[]; total_entries: number } }) =>
  `${json.task_instances.map((each) => each.task_id).join(" ")} of ${json.total_entries}`;

test("a task instance tells of its try, its task and its run", async () => {
  const { json } = await server.get(`${RUN}/load`);
  expect(json).toMatchObject({
    dag_id: "orders",
    dag_run_id: "r1",
    task_id: "load",
    execution_date: "2020-09-13T12:26:40+00:00",
    state: "success",
    try_number: 1,
    map_index: -1,
    queue: "wide",
    pool: "default_pool",
    pool_slots: 1,
    executor_config: "{}",
    rendered_fields: {},
    note: null,
    trigger: null,
    sla_miss: null,
    duration: expect.any(Number),
  });
  expect(Object.keys(json)).toHaveLength(29);
  expect((await server.get(`${RUN}/nothing`)).json).toMatchObject({ status: 404, title: "Task instance not found" });
  expect((await server.get(`${STUCK}/second`)).json).toMatchObject({ state: null, start_date: null, duration: null });
});

test.each([
  ["", "fails load of 2"],
  ["state=failed", "fails of 1"],
  ["state=none", " of 0"],
  ["queue=wide", "load of 1"],
  ["queue=wide&queue=default", "fails load of 2"],
  ["pool=default_pool", "fails load of 2"],
  ["pool=other", " of 0"],
  ["executor=local", " of 0"],
  ["limit=1&offset=1", "load of 2"],
  ["duration_gte=0", "fails load of 2"],
  ["duration_lte=-1", " of 0"],
  ["start_date_gte=2100-01-01", " of 0"],
  ["end_date_lte=2100-01-01T00:00:00Z", "fails load of 2"],
  ["updated_at_gte=2020-01-01", "fails load of 2"],
  ["execution_date_gte=2021-01-01", " of 0"],
])("the list with %j is %j", async (query, expected) => {
  expect(ids(await server.get(`${RUN}?${query}`))).toBe(expected);
});

test("lists go over all runs and DAGs that the caller may read", async () => {
  expect(ids(await server.get("/api/v1/dags/~/dagRuns/~/taskInstances?state=none"))).toBe("second of 1");
  expect(ids(await server.get("/api/v1/dags/orders/dagRuns/~/taskInstances"))).toBe("fails load of 2");
  const as = aCaller("can_read DAG:stuck", "can_read DAG Runs", "can_read Task Instances");
  expect(ids(await server.get("/api/v1/dags/~/dagRuns/~/taskInstances", { as }))).toBe("first second of 2");
  const list = (body: unknown) => server.request("POST", "/api/v1/dags/~/dagRuns/~/taskInstances/list", { body, as });
  expect(ids(await list({ task_ids: ["second"], dag_run_ids: ["s1"], state: ["none"] }))).toBe("second of 1");
  expect((await list({ dag_ids: ["stuck", "orders"] })).json).toMatchObject({
    status: 403,
    detail: "User not allowed to access some of these DAGs: ['stuck', 'orders']",
  });
  expect((await list({ nothing: 1 })).json).toMatchObject({ status: 400, detail: "{'nothing': ['Unknown field.']}" });
});

test("every try is told of, the last one and those before", async () => {
  const tries = await server.get(`${RUN}/fails/tries`);
  expect(tries.json.task_instances.map((each: object) => pick(each))).toEqual([
    { try_number: 1, state: "up_for_retry" },
    { try_number: 2, state: "failed" },
  ]);
  expect(tries.json.total_entries).toBe(2);
  expect((await server.get(`${RUN}/fails/tries?order_by=-try_number&limit=1`)).json.task_instances).toMatchObject([
    { try_number: 2 },
  ]);
  expect((await server.get(`${RUN}/fails/tries/1`)).json).toMatchObject({ try_number: 1, task_id: "fails" });
  expect((await server.get(`${RUN}/fails/tries/7`)).json).toMatchObject({
    status: 404,
    detail: "Task Instance not found for dag_id=orders, run_id=r1, task_id=fails, map_index=-1, try_number=7.",
  });
  expect((await server.get(`${RUN}/nothing/tries`)).json).toEqual({ task_instances: [], total_entries: 0 });
});

test("what a task instance waits for is named while it waits, and not after", async () => {
  const { json } = await server.get(`${STUCK}/second/dependencies`);
  expect(json.dependencies).toMatchObject([{ name: "Trigger Rule", reason: expect.stringContaining("first") }]);
  expect((await server.get(`${RUN}/load/dependencies`)).json).toEqual({ dependencies: [] });
  expect((await server.get(`${RUN}/nothing/dependencies`)).status).toBe(404);
});

test("a note is set on a task instance, and taken away", async () => {
  const note = (text: unknown, task = "load") =>
    server.request("PATCH", `${RUN}/${task}/setNote`, { body: { note: text } });
  expect((await note("look")).json).toMatchObject({ task_id: "load", note: "look" });
  expect((await server.get(RUN)).json.task_instances[1].note).toBe("look");
  expect((await note(null)).json.note).toBeNull();
  expect((await note("n", "nothing")).json).toMatchObject({
    status: 404,
    title: "Task Instance not found for dag_id=orders, run_id=r1, task_id=nothing",
  });
});

test("a state is set by hand; dry, nothing is", async () => {
  const patch = (body: unknown, task = "first") => server.request("PATCH", `${STUCK}/${task}`, { body });
  const reference = { dag_id: "stuck", dag_run_id: "s1", task_id: "first", execution_date: expect.any(String) };
  expect((await patch({ new_state: "success" })).json).toEqual(reference);
  expect((await server.get(`${STUCK}/first`)).json.state).not.toBe("success");
  expect((await patch({ new_state: "success", dry_run: false })).json).toEqual(reference);
  expect((await server.get(`${STUCK}/first`)).json.state).toBe("success");
  expect((await patch({ new_state: "success" }, "nothing")).json).toMatchObject({
    status: 404,
    title: "Task not found",
    detail: "Task 'nothing' not found in DAG 'stuck'",
  });
  expect(
    (await server.request("PATCH", "/api/v1/dags/x/dagRuns/s1/taskInstances/a", { body: { new_state: "failed" } }))
      .json,
  ).toMatchObject({ status: 404, title: "DAG not found" });
  expect(
    (
      await server.request("PATCH", "/api/v1/dags/stuck/dagRuns/x/taskInstances/first", {
        body: { new_state: "failed" },
      })
    ).json,
  ).toMatchObject({ status: 404, detail: "Task instance not found for task 'first' on DAG run with ID 'x'" });
});

test("states are set over runs, with what is below", async () => {
  const set = (body: object) =>
    server.request("POST", "/api/v1/dags/orders/updateTaskInstancesState", {
      body: {
        task_id: "load",
        new_state: "failed",
        include_upstream: false,
        include_downstream: false,
        include_future: false,
        include_past: false,
        ...body,
      },
    });
  expect((await set({ dag_run_id: "r1" })).json.task_instances).toMatchObject([{ dag_run_id: "r1", task_id: "load" }]);
  expect((await server.get(`${RUN}/load`)).json.state).toBe("success");
  expect((await set({ dag_run_id: "r1", execution_date: "2020-09-13T12:26:40Z" })).json).toMatchObject({
    status: 400,
    detail: "{'_schema': ['Exactly one of execution_date or dag_run_id must be provided']}",
  });
  expect((await set({})).status).toBe(400);
  expect((await set({ task_id: "nothing", dag_run_id: "r1" })).json.title).toBe("Task ID nothing not found");
  expect((await set({ dag_run_id: "r9" })).json.detail).toBe(
    "Task instance not found for task 'load' on DAG run with ID 'r9'",
  );
  expect((await set({ execution_date: "2020-09-13T12:26:40+00:00", dry_run: false })).json.task_instances).toHaveLength(
    1,
  );
  expect((await server.get(`${RUN}/load`)).json.state).toBe("failed");
});

function pick({ try_number, state }: { try_number?: number; state?: string }): object {
  return { try_number, state };
}
