// R5. What was answered has a run, whatever dies after the answer, and whether or not anybody owns the DAG.
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { pino } from "pino";
import { createServer } from "@millrace/server";
import { openPool } from "@millrace/store";
import { startEngine, type EngineHarness } from "../../harness/engine-harness.ts";
import { aCaller, startServer, type ServerHarness } from "../../harness/server-harness.ts";

const DAGS = `
  import { dag, pointer, sharedKey, variable, webhook } from "millrace";
  export const orders = dag("orders", {
    params: { note: "" },
    webhooks: [webhook("orders", { signature: sharedKey({ header: "X-Key", secret: variable("key") }), dedupe: pointer("/id") })],
  }, ({ task }) => { task("t", () => null); });
`;
const OWN = "/api/millrace/v1/webhooks";

let server: ServerHarness;
let deliveries = 0;

beforeAll(async () => {
  server = await startServer();
  await server.engine.store.queries.setVariable({ key: "key", value: "k", secret: true });
  await server.engine.deploy(DAGS);
});
afterAll(() => server[Symbol.asyncDispose]());

/** A server like the harness's whose process dies right after each answer: nothing is done behind it. */
async function dyingServer() {
  const app = await createServer({
    ports: { ...server.ports, webhooks: { ...server.ports.webhooks, settle: () => Promise.resolve() } },
    settings: server.settings,
    log: pino({ level: "silent" }),
    authenticate: () => Promise.resolve(aCaller()),
  });
  return Object.assign(app, { [Symbol.asyncDispose]: () => app.close() });
}

type App = Awaited<ReturnType<typeof createServer>>;

async function post(app: App, note = "x"): Promise<{ readonly runId: string; readonly deliveryId: string }> {
  deliveries += 1;
  const answer = await app.inject({
    method: "POST",
    url: "/webhooks/orders",
    headers: { "content-type": "application/json", "x-key": "k" },
    payload: JSON.stringify({ id: deliveries, note }),
  });
  expect(answer.statusCode).toBe(202);
  return answer.json();
}

async function runOf(runKey: string): Promise<number> {
  return await vi.waitUntil(async () => (await server.engine.store.queries.findRun("orders", runKey))?.runId, 20_000);
}

test("without a live owner it is in the inbox, and the next owner makes the run", async () => {
  await server.engine.scheduler.stop();
  await using dying = await dyingServer();
  const { runId, deliveryId } = await post(dying);
  const waiting = await server.engine.store.webhooks.findDelivery("orders", deliveryId);
  expect(waiting).toMatchObject({ status: "accepted", runKey: runId, run: "waiting" });
  expect(await server.engine.store.queries.findRun("orders", runId)).toBeUndefined();

  const next: EngineHarness = await startEngine({ url: server.engine.url, dataFolder: server.engine.dataFolder });
  await using _ = next;
  expect(await next.ended(await runOf(runId))).toBe("success");
  const made = await server.engine.store.webhooks.findDelivery("orders", deliveryId);
  expect(made).toMatchObject({ run: "made" });
});

test("without a live owner the server makes the run itself, behind its answer", async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(server.app)));
  const runs = await Promise.all(answers.map(({ runId }) => runOf(runId)));
  expect(new Set(runs).size).toBe(20);
});

test("deliveries are listed, shown and replayed by those who may", async () => {
  const first = await post(server.app, "once more");
  await runOf(first.runId);
  const list = await server.get(OWN);
  expect(list.json).toMatchObject({
    items: [{ name: "orders", dagId: "orders", path: "/webhooks/orders", signature: "sharedKey", isPaused: false }],
  });
  const page = await server.get(`${OWN}/orders/deliveries?limit=2&status=accepted`);
  expect(page.json.items).toHaveLength(2);
  expect(page.json.items[0]).toMatchObject({ deliveryId: first.deliveryId, status: "accepted", run: "made" });
  const second = await server.get(`${OWN}/orders/deliveries?limit=2&after=${page.json.next}`);
  expect(second.json.items[0].at < page.json.items[1].at).toBe(true);
  const shown = await server.get(`${OWN}/orders/deliveries/${first.deliveryId}`);
  expect(JSON.parse(shown.json.body)).toMatchObject({ note: "once more" });
  expect(shown.json.headers["x-key"]).toBe("***");

  const replay = await server.request("POST", `${OWN}/orders/deliveries/${first.deliveryId}/replay`);
  expect(replay).toMatchObject({ status: 202, json: { dagId: "orders" } });
  expect(replay.json.runKey).not.toBe(first.runId);
  const again = await server.engine.store.queries.findRunById(await runOf(replay.json.runKey));
  expect(again).toMatchObject({ triggeredBy: "user:admin" });
  expect(JSON.parse(again?.conf ?? "")).toMatchObject({ note: "once more" });
  const kept = await server.get(`${OWN}/orders/deliveries/${replay.json.deliveryId}`);
  expect(kept.json).toMatchObject({ replayOf: first.deliveryId, status: "accepted" });
});

test("who may not see the DAG sees nothing of its webhooks, and who may not edit it replays nothing", async () => {
  const { deliveryId } = await post(server.app);
  const other = aCaller("can_read Webhooks", "can_edit Webhooks", "can_create DAG Runs", "can_read DAG:other");
  expect((await server.get(OWN, { as: other })).json).toEqual({ items: [] });
  expect((await server.get(`${OWN}/orders/deliveries`, { as: other })).json).toMatchObject({ items: [] });
  expect((await server.get(`${OWN}/orders/deliveries/${deliveryId}`, { as: other })).status).toBe(404);
  const url = `${OWN}/orders/deliveries/${deliveryId}/replay`;
  const reader = aCaller("can_read Webhooks", "can_edit Webhooks", "can_create DAG Runs", "can_read DAG:orders");
  expect((await server.request("POST", url, { as: reader })).status).toBe(403);
  expect((await server.get(OWN, { as: aCaller("can_read DAGs") })).status).toBe(403);
});

test("an expired key starts a run again, and old deliveries go", async () => {
  const { retention, webhooks } = server.engine.store;
  const send = (): Promise<{ readonly statusCode: number }> =>
    server.app.inject({
      method: "POST",
      url: "/webhooks/orders",
      headers: { "content-type": "application/json", "x-key": "k" },
      payload: '{"id": "again"}',
    });
  expect((await send()).statusCode).toBe(202);
  expect((await send()).statusCode).toBe(200);
  await using pool = await openPool({ url: server.engine.url, max: 2 });
  await pool.withClient((client) =>
    client.query("update millrace.webhook_key set expires_at = now() where key = 'again'"),
  );
  expect((await send()).statusCode).toBe(202);
  expect((await send()).statusCode).toBe(200);

  await pool.withClient((client) => client.query("update millrace.webhook_key set expires_at = now()"));
  expect(await retention.removeDeliveries(null)).toBe(0);
  const keys = await pool.withClient((client) => client.query("select from millrace.webhook_key"));
  expect(keys.rowCount).toBe(0);
  expect(await retention.removeDeliveries(0)).toBeGreaterThan(20);
  expect((await webhooks.listDeliveries({ webhook: "orders" })).items).toEqual([]);
});

test("webhooks go with their file, and with their DAG", async () => {
  await using next = await startEngine({ url: server.engine.url, dataFolder: server.engine.dataFolder });
  const { webhooks, queries } = next.store;
  await using pool = await openPool({ url: server.engine.url, max: 2 });
  const open =
    "select dag_id from millrace.inbox union all select dag_id from millrace.dag_run where state in ('queued', 'running')";
  await vi.waitFor(
    async () => expect((await pool.withClient((client) => client.query(open))).rowCount).toBe(0),
    20_000,
  );
  await next.deploy();
  expect(await webhooks.find("orders")).toBeUndefined();
  expect((await server.app.inject({ method: "POST", url: "/webhooks/orders" })).statusCode).toBe(404);
  await queries.deleteDag("orders");
  const rows = await pool.withClient((client) => client.query("select from millrace.webhook"));
  expect(rows.rowCount).toBe(0);
});
