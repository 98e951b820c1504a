import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileDags } from "../../harness/compile-dags.ts";
import { aCaller, startServer, type ServerHarness } from "../../harness/server-harness.ts";

let server: ServerHarness;

const FILE = `
import { dag, operator } from "@millrace/core";
import { triggerDag } from "@millrace/provider-standard";
export const shop = dag("shop", { start: "2026-01-01", params: { day: "x" } }, ({ task, map }) => {
  const first = task("first", { owner: "ada", retries: 3, retryDelay: "30s", executionTimeout: "1h", pool: "default_pool", priorityWeight: 7, doc: "# First" }, () => [1, 2]);
  map("each", { each: { n: first } }, ({ n }) => n);
  task("last", { after: [first], triggerRule: "all_done", dependsOnPast: true }, () => 1);
  task("call", { after: [first] }, triggerDag({ dagId: "other dag" }));
});
`;

beforeAll(async () => {
  server = await startServer();
  await server.engine.deploy(compileDags(FILE, "shop.dag.ts"));
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

async function ids(query: string): Promise<readonly string[]> {
  const { json, status } = await server.get(`/api/v1/dags/shop/tasks${query}`);
  expect(status).toBe(200);
  return json.tasks.map((task: { readonly task_id: string }) => task.task_id);
}

describe("tasks", () => {
  test("come by id, or by any of their attributes", async () => {
    expect(await ids("")).toEqual(["call", "each", "first", "last"]);
    expect(await ids("?order_by=-task_id")).toEqual(["last", "first", "each", "call"]);
    expect((await ids("?order_by=-priority_weight"))[0]).toBe("first");
    expect((await ids("?order_by=is_mapped")).at(-1)).toBe("each");
    expect((await server.get("/api/v1/dags/shop/tasks")).json.total_entries).toBe(4);
  });

  test("cannot come by what they do not have", async () => {
    const { status, json } = await server.get("/api/v1/dags/shop/tasks?order_by=invalid_name");
    expect({ status, detail: json.detail }).toEqual({
      status: 400,
      detail: expect.stringMatching(/^'\w+' object has no attribute 'invalid_name'$/) as unknown,
    });
  });

  test("say everything that Airflow's do", async () => {
    const { json } = await server.get("/api/v1/dags/shop/tasks/first");
    expect(json).toEqual({
      class_ref: { class_name: expect.any(String) as unknown, module_path: "millrace" },
      depends_on_past: false,
      doc_md: "# First",
      downstream_task_ids: ["call", "each", "last"],
      end_date: null,
      execution_timeout: { __type: "TimeDelta", days: 0, seconds: 3_600, microseconds: 0 },
      executor: null,
      extra_links: [],
      is_mapped: false,
      operator_name: json.class_ref.class_name,
      owner: "ada",
      params: {
        day: {
          __class: "airflow.models.param.Param",
          value: "x",
          description: null,
          schema: expect.anything() as unknown,
        },
      },
      pool: "default_pool",
      pool_slots: 1,
      priority_weight: 7,
      queue: "default",
      retries: 3,
      retry_delay: { __type: "TimeDelta", days: 0, seconds: 30, microseconds: 0 },
      retry_exponential_backoff: false,
      start_date: "2026-01-01T00:00:00+00:00",
      task_display_name: "first",
      task_id: "first",
      template_fields: [],
      trigger_rule: "all_success",
      ui_color: expect.stringMatching(/^#/) as unknown,
      ui_fgcolor: expect.stringMatching(/^#/) as unknown,
      wait_for_downstream: false,
      weight_rule: "downstream",
    });
    expect((await server.get("/api/v1/dags/shop/tasks/last")).json).toMatchObject({
      trigger_rule: "all_done",
      depends_on_past: true,
      retries: 0,
      execution_timeout: null,
      downstream_task_ids: [],
    });
    expect((await server.get("/api/v1/dags/shop/tasks/each")).json).toMatchObject({ is_mapped: true });
  });

  test("that are not there are not found, and those of foreign DAGs are not shown", async () => {
    expect(await server.get("/api/v1/dags/nothing/tasks")).toMatchObject({
      status: 404,
      json: { title: "DAG not found" },
    });
    expect(await server.get("/api/v1/dags/nothing/tasks/a")).toMatchObject({
      status: 404,
      json: { title: "DAG not found" },
    });
    expect(await server.get("/api/v1/dags/shop/tasks/a")).toMatchObject({
      status: 404,
      json: { title: "Task not found" },
    });
    const as = aCaller("can_read DAG:other", "can_read Task Instances");
    expect((await server.get("/api/v1/dags/shop/tasks", { as })).status).toBe(403);
  });
});

describe("extra links", () => {
  test("lead from a task to the DAG that it triggers", async () => {
    const { runKey } = await server.engine.trigger("shop", { runAfter: 4_000_000_000_000_000 });
    const links = (task: string, run = runKey, dag = "shop") =>
      server.get(`/api/v1/dags/${dag}/dagRuns/${encodeURIComponent(run)}/taskInstances/${task}/links`);
    expect(await links("call")).toMatchObject({ status: 200, json: { "Triggered DAG": "/dags/other%20dag/grid" } });
    expect((await links("first")).json).toEqual({});
    expect(await links("first", runKey, "none")).toMatchObject({
      status: 404,
      json: { title: "DAG not found", detail: 'DAG with ID = "none" not found' },
    });
    expect(await links("none")).toMatchObject({
      status: 404,
      json: { title: "Task not found", detail: 'Task with ID = "none" not found' },
    });
    expect(await links("first", "none")).toMatchObject({
      status: 404,
      json: { title: "DAG Run not found", detail: 'DAG Run with ID = "none" not found' },
    });
  });
});
