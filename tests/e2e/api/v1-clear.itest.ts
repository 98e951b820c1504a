import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer, type ServerHarness } from "../../harness/server-harness.ts";

const DAGS = `
import { dag } from "millrace";
export const chain = dag("chain", ({ task }) => {
  const a = task("a", () => 1);
  const b = task("b", { after: [a] }, () => 1);
  const c = task("c", { after: [b] }, () => { throw new Error("no"); });
  task("d", { after: [c] }, () => 1);
});
`;
const DAY = 86_400_000_000;
const FIRST = 1_600_041_600_000_000;

let server: ServerHarness;
beforeAll(async () => {
  server = await startServer();
  await server.engine.deploy(DAGS);
  for (const n of [1, 2, 3]) {
    const { runId } = await server.engine.trigger("chain", { runKey: `r${n}`, logicalDate: FIRST + n * DAY });
    await server.engine.ended(runId);
  }
});
afterAll(() => server[Symbol.asyncDispose]());

const clear = (body: object) => server.request("POST", "/api/v1/dags/chain/clearTaskInstances", { body });
const shown = async (body: object): Promise<string> => {
  const { json } = await clear(body);
  return json.task_instances
    .map((each: { dag_run_id: string; task_id: string }) => `${each.dag_run_id}.${each.task_id}`)
    .join(" ");
};

test.each([
  [{}, "r1.c r1.d r2.c r2.d r3.c r3.d"],
  [{ dag_run_id: "r2" }, "r2.c r2.d"],
  [{ dag_run_id: "r2", include_past: true }, "r1.c r1.d r2.c r2.d"],
  [{ dag_run_id: "r2", include_future: true, task_ids: ["c"] }, "r2.c r3.c"],
  [{ dag_run_id: "r1", task_ids: ["b"], only_failed: false }, "r1.b"],
  [{ dag_run_id: "r1", task_ids: ["b"], only_failed: false, include_upstream: true }, "r1.a r1.b"],
  [{ dag_run_id: "r1", task_ids: ["b"], only_failed: false, include_downstream: true }, "r1.b r1.c r1.d"],
  [{ dag_run_id: "r1", task_ids: ["nothing"] }, ""],
  [{ dag_run_id: "r1", only_failed: false, only_running: true }, ""],
  [{ start_date: "2020-09-16T00:00:00Z", end_date: "2020-09-16T00:00:00Z" }, "r2.c r2.d"],
])("a dry clear of %j names %j", async (body, expected) => {
  expect(await shown(body)).toBe(expected);
});

test("a dry clear is the default, and changes nothing", async () => {
  await clear({ dag_run_id: "r1" });
  expect((await server.get("/api/v1/dags/chain/dagRuns/r1/taskInstances/c")).json.state).toBe("failed");
});

test.each([
  [{ only_failed: true, only_running: true }, "{'_schema': ['only_failed and only_running both are set to True']}"],
  [
    { start_date: "2020-02-01T00:00:00Z", end_date: "2020-01-01T00:00:00Z" },
    "{'_schema': ['end_date is sooner than start_date']}",
  ],
  [
    { dag_run_id: "r1", start_date: "2020-01-01T00:00:00Z" },
    "{'_schema': ['Exactly one of dag_run_id or start_date must be provided']}",
  ],
  [
    { dag_run_id: "r1", end_date: "2020-01-01T00:00:00Z" },
    "{'_schema': ['Exactly one of dag_run_id or end_date must be provided']}",
  ],
  [{ start_date: "2020-01-01T00:00:00" }, "{'start_date': ['Naive datetime is disallowed']}"],
  [{ task_ids: [] }, "[] is too short - 'task_ids'"],
])("the clear %j is refused: %s", async (body, detail) => {
  expect((await clear(body)).json).toMatchObject({ status: 400, detail });
});

test("runs and DAGs that are not there are named", async () => {
  expect((await clear({ dag_run_id: "r9" })).json).toMatchObject({
    status: 404,
    title: "Dag Run id r9 not found in dag chain",
  });
  expect((await server.request("POST", "/api/v1/dags/x/clearTaskInstances", { body: {} })).json.title).toBe(
    "Dag id x not found",
  );
});

test("a clear leaves the run's state unless it is asked to reset it", async () => {
  expect(await shown({ dag_run_id: "r1", dry_run: false })).toBe("r1.c r1.d");
  const run = "/api/v1/dags/chain/dagRuns/r1";
  expect((await server.get(run)).json.state).toBe("failed");
  expect((await server.get(`${run}/taskInstances/c`)).json.state).toBeNull();
  const unlooked = await server.get("/api/v1/dags/chain/dagRuns/~/taskInstances?state=none");
  expect([unlooked.json.task_instances.length, unlooked.json.total_entries]).toEqual([2, 2]);
  const runId = (await server.engine.store.queries.findRun("chain", "r2"))?.runId ?? 0;
  const again = server.engine.committed((one) => one.runId === runId && one.state === "running");
  expect(await shown({ dag_run_id: "r2", dry_run: false, reset_dag_runs: true })).toBe("r2.c r2.d");
  await again;
  await server.engine.ended(runId);
  expect((await server.get("/api/v1/dags/chain/dagRuns/r2/taskInstances/c/tries")).json.total_entries).toBe(2);
});

test("writes take effect at once without a scheduler", async () => {
  await server.engine.scheduler.stop();
  const url = "/api/v1/dags/chain/dagRuns";
  const post = (body: object) => server.request("POST", url, { body });
  expect((await post({ dag_run_id: "alone", note: "n" })).json).toMatchObject({ state: "queued", note: "n" });
  const state = async (path: string) => (await server.get(`${url}/${path}`)).json.state;
  await server.request("PATCH", `${url}/alone`, { body: { state: "success" } });
  expect(await state("alone")).toBe("success");
  await server.request("POST", `${url}/alone/clear`, { body: { dry_run: false } });
  // Whoever owns the DAG for the command begins the run, and starts nothing.
  expect([await state("alone"), await state("alone/taskInstances/a")]).toEqual(["running", "scheduled"]);
  const body = { new_state: "skipped", dry_run: false };
  await server.request("PATCH", `${url}/alone/taskInstances/a`, { body });
  expect(await state("alone/taskInstances/a")).toBe("skipped");
  await clear({ dag_run_id: "r3", dry_run: false });
  expect([await state("r3"), await state("r3/taskInstances/c")]).toEqual(["failed", null]);
  const marked = { task_id: "b", new_state: "failed", dag_run_id: "r3", dry_run: false };
  const flags = { include_upstream: false, include_downstream: false, include_future: false, include_past: false };
  await server.request("POST", "/api/v1/dags/chain/updateTaskInstancesState", { body: { ...marked, ...flags } });
  expect(await state("r3/taskInstances/b")).toBe("failed");
  await server.request("PATCH", `${url}/r3/taskInstances/b/setNote`, { body: { note: "by hand" } });
  await server.request("PATCH", `${url}/r3/setNote`, { body: { note: "by hand" } });
  expect((await server.get(`${url}/r3`)).json.note).toBe("by hand");
  expect((await server.request("DELETE", `${url}/alone`)).status).toBe(204);
  expect((await server.get(`${url}/alone`)).status).toBe(404);
});
