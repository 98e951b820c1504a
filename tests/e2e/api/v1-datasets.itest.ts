import { afterAll, beforeAll, expect, test } from "vitest";
import { aCaller, startServer, type ServerHarness } from "../../harness/server-harness.ts";

const DAGS = `
import { asset, dag } from "millrace";
const orders = asset("s3://bucket/orders");
const prices = asset("s3://bucket/prices");
export const write = dag("write", ({ task }) => {
  task("write", { outlets: [orders] }, (_, { assets, conf }) => assets.attach(orders, { rows: conf.rows }));
});
export const report = dag("report", { schedule: orders }, ({ task }) => {
  task("report", () => 1);
});
// Waits for both, so that updates of one wait for the other.
export const both = dag("both", { schedule: orders.and(prices) }, ({ task }) => {
  task("both", () => 1);
});
export const pair = dag("pair", { schedule: orders.and(prices) }, ({ task }) => {
  task("pair", () => 1);
});
`;
const ORDERS = encodeURIComponent("s3://bucket/orders");
const PRICES = encodeURIComponent("s3://bucket/prices");
const STAMP = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/) as string;

let server: ServerHarness;
beforeAll(async () => {
  server = await startServer();
  await server.engine.deploy(DAGS);
  await server.engine.trigger("write", { conf: '{"rows": 3}' });
  await server.engine.committed((run) => run.dagId === "report" && run.state === "success");
});
afterAll(() => server[Symbol.asyncDispose]());

async function uris(query: string): Promise<readonly string[]> {
  const { json } = await server.get(`/api/v1/datasets?${query}`);
  // The total counts all datasets, whatever is filtered: Airflow's way.
  expect(json.total_entries).toBe(2);
  return json.datasets.map(({ uri }: { uri: string }) => uri);
}

test("a dataset has a number, who makes it and who follows it; its URI comes encoded", async () => {
  const { status, json } = await server.get(`/api/v1/datasets/${ORDERS}`);
  expect(status).toBe(200);
  expect(json).toEqual({
    id: expect.any(Number),
    uri: "s3://bucket/orders",
    extra: {},
    created_at: STAMP,
    updated_at: STAMP,
    producing_tasks: [{ dag_id: "write", task_id: "write", created_at: STAMP, updated_at: STAMP }],
    consuming_dags: ["both", "pair", "report"].map((dag_id) => ({ dag_id, created_at: STAMP, updated_at: STAMP })),
  });
  expect(json.updated_at > json.created_at).toBe(true);
  expect(await server.get(`/api/v1/datasets/${encodeURIComponent("s3://none")}`)).toMatchObject({
    status: 404,
    json: { title: "Dataset not found", detail: "The Dataset with uri: `s3://none` was not found" },
  });
});

test("datasets are filtered by part of the URI and by DAGs, ordered and paged", async () => {
  expect(await uris("")).toEqual(["s3://bucket/orders", "s3://bucket/prices"]);
  expect(await uris("uri_pattern=PRICE")).toEqual(["s3://bucket/prices"]);
  expect(await uris("dag_ids=write")).toEqual(["s3://bucket/orders"]);
  expect(await uris("dag_ids=nobody,both")).toEqual(["s3://bucket/orders", "s3://bucket/prices"]);
  expect(await uris("order_by=-uri&limit=1")).toEqual(["s3://bucket/prices"]);
  expect(await uris("order_by=-updated_at")).toEqual(["s3://bucket/orders", "s3://bucket/prices"]);
  expect(await server.get("/api/v1/datasets?order_by=extra")).toMatchObject({
    status: 400,
    json: { detail: "Ordering with 'extra' is disallowed or the attribute does not exist on the model" },
  });
});

test("an event says who made it and which runs it has made", async () => {
  const { json } = await server.get("/api/v1/datasets/events?source_dag_id=write");
  expect(json.total_entries).toBe(1);
  expect(json.dataset_events[0]).toEqual({
    dataset_id: expect.any(Number),
    dataset_uri: "s3://bucket/orders",
    extra: { rows: 3 },
    source_dag_id: "write",
    source_task_id: "write",
    source_run_id: expect.stringMatching("manual__"),
    source_map_index: -1,
    timestamp: STAMP,
    created_dagruns: [
      {
        dag_id: "report",
        run_id: expect.any(String),
        state: "success",
        logical_date: STAMP,
        start_date: STAMP,
        end_date: STAMP,
        data_interval_start: STAMP,
        data_interval_end: STAMP,
      },
    ],
  });
  const [{ dataset_id, source_run_id, created_dagruns }] = json.dataset_events;
  const fits = `dataset_id=${dataset_id}&source_run_id=${encodeURIComponent(source_run_id)}&source_task_id=write`;
  expect((await server.get(`/api/v1/datasets/events?${fits}&source_map_index=-1`)).json.total_entries).toBe(1);
  expect((await server.get(`/api/v1/datasets/events?${fits}&source_map_index=1`)).json.total_entries).toBe(0);
  const runId = encodeURIComponent(created_dagruns[0].run_id);
  const upstream = await server.get(`/api/v1/dags/report/dagRuns/${runId}/upstreamDatasetEvents`);
  expect(upstream.json).toEqual(json);
  expect(await server.get("/api/v1/dags/report/dagRuns/none/upstreamDatasetEvents")).toMatchObject({
    status: 404,
    json: {
      title: "DAGRun not found",
      detail: "DAGRun with DAG ID: 'report' and DagRun ID: 'none' not found",
    },
  });
});

test("what waits in queues is listed by DAG, by dataset and by both, and can be taken away", async () => {
  const path = (dagId: string, uri = ""): string => `/api/v1/dags/${dagId}/datasets/queuedEvent${uri && `/${uri}`}`;
  const one = await server.get(path("both", ORDERS));
  expect(one.json).toEqual({ dag_id: "both", uri: "s3://bucket/orders", created_at: STAMP });
  expect((await server.get(path("both"))).json).toMatchObject({ datasets: [one.json], total_entries: 1 });
  const before = encodeURIComponent("2000-01-01T00:00:00+00:00");
  expect(await server.get(`${path("both")}?before=${before}`)).toMatchObject({
    status: 404,
    json: { title: "Queue event not found", detail: "Queue event with dag_id: `both` was not found" },
  });
  const byUri = await server.get(`/api/v1/datasets/queuedEvent/${ORDERS}`);
  expect(byUri.json.datasets.map((event: { dag_id: string }) => event.dag_id)).toEqual(["both", "pair"]);
  // Who may read one of the DAGs sees what waits for that one.
  const reader = aCaller("can_read Datasets", "can_delete Datasets", "can_read DAG:pair");
  const seen = await server.get(`/api/v1/datasets/queuedEvent/${ORDERS}`, { as: reader });
  expect(seen.json).toMatchObject({ datasets: [{ dag_id: "pair" }], total_entries: 1 });
  expect((await server.get(path("both"), { as: reader })).status).toBe(403);

  const remove = (url: string, as?: typeof reader) => server.request("DELETE", url, as && { as });
  expect((await remove(`/api/v1/datasets/queuedEvent/${ORDERS}`, reader)).status).toBe(204);
  expect((await server.get(path("pair"))).status).toBe(404);
  expect((await remove(`${path("both", ORDERS)}?before=${before}`)).status).toBe(404);
  expect((await remove(path("both", PRICES))).json.detail).toBe(
    "Queue event with dag_id: `both` and dataset uri: `s3://bucket/prices` was not found",
  );
  expect((await remove(path("both", ORDERS))).status).toBe(204);
  expect((await remove(path("both"))).status).toBe(404);
  expect((await server.get(`/api/v1/datasets/queuedEvent/${ORDERS}`)).json.detail).toBe(
    "Queue event with dataset uri: `s3://bucket/orders` was not found",
  );
});

test("an event from outside is marked so, queued for those that follow, and only of a known dataset", async () => {
  const body = { dataset_uri: "s3://bucket/prices", extra: { by: "hand" } };
  const made = await server.request("POST", "/api/v1/datasets/events", { body });
  expect(made).toMatchObject({
    status: 200,
    json: {
      dataset_uri: "s3://bucket/prices",
      extra: { by: "hand", from_rest_api: true },
      source_dag_id: null,
      source_task_id: null,
      source_run_id: null,
      source_map_index: -1,
      created_dagruns: [],
    },
  });
  const queued = await server.get("/api/v1/dags/both/datasets/queuedEvent");
  expect(queued.json.datasets).toMatchObject([{ uri: "s3://bucket/prices" }]);
  const unknown = await server.request("POST", "/api/v1/datasets/events", { body: { dataset_uri: "s3://none" } });
  expect(unknown).toMatchObject({
    status: 404,
    json: { title: "Dataset not found", detail: "Dataset with uri: 's3://none' not found" },
  });
  const wrong = await server.request("POST", "/api/v1/datasets/events", {
    body: { dataset_uri: "s3://x", extra: "x" },
  });
  expect(wrong).toMatchObject({ status: 400, json: { detail: "'x' is not of type 'object' - 'extra'" } });
  const [latest] = (await server.get("/api/v1/datasets/events?order_by=-timestamp&limit=1")).json.dataset_events;
  expect(latest).toEqual(made.json);
});

test("a URI of the longest kind is found by its path", async () => {
  const uri = `s3://${"/".repeat(1_495)}`;
  await server.engine.store.queries.updateAsset(uri, null);
  expect((await server.get(`/api/v1/datasets/${encodeURIComponent(uri)}`)).json.uri).toBe(uri);
});
