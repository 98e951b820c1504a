import { afterAll, beforeAll, expect, test } from "vitest";
import { clearRun, finishRun } from "../../harness/finish-run.ts";
import { startServer, type ServerHarness } from "../../harness/server-harness.ts";

const DAGS = `
import { dag } from "millrace";
export const files = dag("files", ({ task, map }) => {
  const three = task("three", () => [1, 2, 3]);
  const none = task("none", () => []);
  const one = task("one", () => [7]);
  map("each", { each: { n: three } }, ({ n }) => { if (n === 2) throw new Error("two"); return n * 10; });
  map("nothing", { each: { n: none } }, ({ n }) => n);
  map("single", { each: { n: one } }, ({ n }) => n);
});
export const shrinking = dag("shrinking", ({ task, map }) => {
  const list = task("list", (_, { tryNumber }) => Array.from({ length: [3, 1, 2][tryNumber - 1] }, (_, index) => index));
  map("each", { each: { n: list } }, ({ n }) => n);
});
`;
const RUN = "/api/v1/dags/files/dagRuns/r1/taskInstances";

let server: ServerHarness;
beforeAll(async () => {
  server = await startServer();
  await server.engine.deploy(DAGS);
  const { runId } = await server.engine.trigger("files", { runKey: "r1" });
  await server.engine.ended(runId);
});
afterAll(() => server[Symbol.asyncDispose]());

test.each([
  ["", "0:success 1:failed 2:success of 3"],
  ["order_by=-map_index", "2:success 1:failed 0:success of 3"],
  ["order_by=-state", "1:failed 2:success 0:success of 3"],
  ["state=success", "0:success 2:success of 2"],
  ["limit=1&offset=1", "1:failed of 3"],
])("mapped instances with %j are %j", async (query, expected) => {
  const { json } = await server.get(`${RUN}/each/listMapped?${query}`);
  const shown = json.task_instances.map(
    (each: { map_index: number; state: string }) => `${each.map_index}:${each.state}`,
  );
  expect(`${shown.join(" ")} of ${json.total_entries}`).toBe(expected);
});

test("every order of mapped instances is served, and no other", async () => {
  for (const field of ["duration", "start_date", "end_date"])
    expect((await server.get(`${RUN}/each/listMapped?order_by=${field}`)).json.total_entries).toBe(3);
  expect((await server.get(`${RUN}/each/listMapped?order_by=unsupported`)).json).toMatchObject({
    status: 400,
    detail: "Ordering with 'unsupported' is not supported",
  });
});

test("a task mapped over nothing has an empty list; one that is not mapped has none", async () => {
  expect((await server.get(`${RUN}/nothing/listMapped`)).json).toEqual({ task_instances: [], total_entries: 0 });
  const title = async (url: string) => (await server.get(url)).json.title;
  expect(await title(`${RUN}/three/listMapped`)).toBe("Task id three is not mapped");
  expect(await title(`${RUN}/x/listMapped`)).toBe("Task id x not found");
  expect(await title("/api/v1/dags/x/dagRuns/r1/taskInstances/each/listMapped")).toBe("DAG x not found");
});

test("one mapped instance is named by its index, also the only one", async () => {
  expect((await server.get(`${RUN}/each/1`)).json).toMatchObject({ map_index: 1, state: "failed" });
  for (const task of ["each", "single"]) {
    expect((await server.get(`${RUN}/${task}`)).json).toMatchObject({
      status: 404,
      detail: "Task instance is mapped, add the map_index value to the URL",
    });
  }
  expect((await server.get(`${RUN}/each/9`)).json).toMatchObject({ status: 404, title: "Task instance not found" });
  expect((await server.get(`${RUN}/each/1/tries`)).json.total_entries).toBe(1);
  expect((await server.get(`${RUN}/each/1/tries/1`)).json).toMatchObject({ map_index: 1, try_number: 1 });
  expect((await server.get(`${RUN}/each/1/dependencies`)).json).toEqual({ dependencies: [] });
});

test("a note and a state belong to one map index", async () => {
  const url = `${RUN}/each/1`;
  expect((await server.request("PATCH", `${url}/setNote`, { body: { note: "second" } })).json.note).toBe("second");
  expect((await server.get(`${RUN}/each/0`)).json.note).toBeNull();
  expect((await server.request("PATCH", `${RUN}/each/setNote`, { body: { note: "n" } })).json.detail).toBe(
    "Task instance is mapped, add the map_index value to the URL",
  );
  const body = { new_state: "success", dry_run: false };
  expect((await server.request("PATCH", url, { body })).json).toMatchObject({ task_id: "each", dag_run_id: "r1" });
  expect((await server.get(url)).json.state).toBe("success");
  expect((await server.get(`${RUN}/each/0`)).json.state).toBe("success");
  expect((await server.request("PATCH", `${RUN}/each/9`, { body })).status).toBe(404);
});

test("totals have the instances that a shorter list left out, and that a longer one brings back", async () => {
  const run = await finishRun(server.engine, "shrinking");
  const shown = async (query = ""): Promise<string> => {
    const { json } = await server.get(`/api/v1/dags/shrinking/dagRuns/~/taskInstances?${query}`);
    const states = json.task_instances.map((each: { state: string }) => each.state);
    return `${states.join(" ")} of ${json.total_entries}`;
  };
  const clear = async (): Promise<void> => {
    const cleared = await clearRun(server.engine, "shrinking", run, {
      select: { taskIds: ["list"], downstream: true },
    });
    expect(cleared.state).toBe("success");
  };
  const all = async (): Promise<number> =>
    (await server.get("/api/v1/dags/~/dagRuns/~/taskInstances?limit=1")).json.total_entries;
  const before = await all();
  expect(await shown()).toBe("success success success success of 4");
  await clear();
  expect(await shown()).toBe("success removed removed success of 4");
  expect(await shown("state=removed")).toBe("removed removed of 2");
  await clear();
  expect(await shown()).toBe("success success removed success of 4");
  expect(await shown("state=removed")).toBe("removed of 1");
  expect(await all()).toBe(before);
});
