import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startServer, type Answered, type ServerHarness } from "../../harness/server-harness.ts";

const SECRET = "It's a Secret to Everybody";
const SCHEMA = `{
  type: "object", required: ["order"],
  properties: { order: { type: "object", required: ["id"], properties: { id: { type: "integer" }, note: { type: "string" } } } },
}`;
const DAGS = `
  import { dag, githubSignature, header, param, pointer, sharedKey, slackSignature, connection, variable, webhook } from "millrace";
  export const orders = dag("orders", {
    params: { orderId: param(0, { type: "integer", minimum: 0 }) },
    webhooks: [
      webhook("orders", {
        signature: githubSignature({ secret: variable("github_secret") }),
        dedupe: header("X-GitHub-Delivery"),
        schema: ${SCHEMA},
        bodyLimitKb: 4,
      }, { orderId: pointer("/order/id"), note: pointer("/order/note", ""), event: header("X-GitHub-Event", "push"), text: "order {{ body.order.id }}" }),
      webhook("plain", { signature: sharedKey({ header: "X-Key", secret: connection("shop") }), keepBody: false, maxPerMinute: 5 }),
      webhook("unset", { signature: githubSignature({ secret: variable("nobody_has_set_it") }) }),
      webhook("slack", { signature: slackSignature({ secret: [variable("slack_new"), variable("slack_old")] }) }),
    ],
  }, ({ task }) => { task("show", (_, ctx) => ctx.conf); });
`;

let server: ServerHarness;
let deliveries = 0;

beforeAll(async () => {
  server = await startServer();
  const { queries } = server.engine.store;
  await queries.setVariable({ key: "github_secret", value: SECRET, secret: true });
  await queries.setVariable({ key: "slack_old", value: "old", secret: true });
  await queries.setConnection({ connectionId: "shop", connectionType: "http", value: "http://me:k3y@shop" });
  await server.engine.deploy(DAGS);
});
afterAll(() => server[Symbol.asyncDispose]());

const sign = (body: string, secret = SECRET): string =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

function post(name: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Answered> {
  deliveries += 1;
  return server.request("POST", `/webhooks/${name}`, {
    body,
    headers: { "x-hub-signature-256": sign(body), "x-github-delivery": `d${deliveries}`, ...headers },
  });
}

const order = (id: unknown, more: object = {}): string => JSON.stringify({ order: { id, ...more } });
const deliveriesOf = async (name: string) =>
  (await server.engine.store.webhooks.listDeliveries({ webhook: name })).items;
const runsOf = async (): Promise<number> =>
  (await server.engine.store.queries.listRuns({ dagId: "orders", limit: 1_000 })).items.length;

async function runOf(runKey: string) {
  for (;;) {
    const run = await server.engine.store.queries.findRun("orders", runKey);
    if (run) return run;
  }
}

describe("a delivery", () => {
  test("is answered with its run before that is made, and the run has the conf that the mapping makes", async () => {
    const body = order(7, { note: "quick" });
    const answer = await post("orders", body, { "x-github-event": "release" });
    expect(answer).toMatchObject({ status: 202, json: { dagId: "orders", status: "accepted" } });
    const run = await runOf(answer.json.runId);
    expect(run.triggeredBy).toBe("webhook:orders");
    expect(JSON.parse(run.conf ?? "")).toEqual({ orderId: 7, note: "quick", event: "release", text: "order 7" });
    expect(await server.engine.ended(run.runId)).toBe("success");
    const [kept] = await deliveriesOf("orders");
    expect(kept).toMatchObject({ deliveryId: answer.json.deliveryId, status: "accepted", run: "made", hasBody: true });
    expect(kept.headers["x-hub-signature-256"]).toBe("***");
    const found = await server.engine.store.webhooks.findDelivery("orders", answer.json.deliveryId);
    expect(found?.body).toBe(body);
  });

  test("with the key of one before starts nothing, and names the first run", async () => {
    const first = await post("orders", order(1), { "x-github-delivery": "same" });
    const second = await post("orders", order(2), { "x-github-delivery": "same" });
    expect(second).toMatchObject({
      status: 200,
      json: { status: "duplicate", runId: first.json.runId, firstDeliveryId: first.json.deliveryId },
    });
    expect(second.json.deliveryId).not.toBe(first.json.deliveryId);
    expect((await deliveriesOf("orders"))[0]).toMatchObject({ status: "duplicate", runKey: first.json.runId });
  });

  test("of 50 at once with one key one makes a run", async () => {
    await runOf((await post("orders", order(1))).json.runId);
    const before = await runsOf();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => post("orders", order(3), { "x-github-delivery": "race" })),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(49);
    expect(new Set(answers.map(({ json }) => json.runId)).size).toBe(1);
    await runOf(answers[0].json.runId);
    expect(await runsOf()).toBe(before + 1);
  });

  test("makes a run of a paused DAG that waits, as a trigger does", async () => {
    await server.engine.send("orders", { kind: "pause", paused: true });
    const answer = await post("orders", order(9));
    expect(answer.status).toBe(202);
    const run = await runOf(answer.json.runId);
    expect(run.state).toBe("queued");
    await server.engine.send("orders", { kind: "pause", paused: false });
    expect(await server.engine.ended(run.runId)).toBe("success");
  });
});

describe("a refusal says why", () => {
  interface Refused {
    readonly name?: string;
    readonly body?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly status: number;
    readonly detail: string;
  }
  test.each<[string, Refused]>([
    ["a name that nothing has", { name: "other", status: 404, detail: "there is no webhook other" }],
    [
      "another secret",
      { headers: { "x-hub-signature-256": sign("{}", "x") }, status: 401, detail: "the signature is wrong" },
    ],
    ["no signature", { headers: { "x-hub-signature-256": "" }, status: 401, detail: "X-Hub-Signature-256 is missing" }],
    ["a body too large", { body: `"${"x".repeat(5_000)}"`, status: 413, detail: "the body is larger than 4 kB" }],
    [
      "another content type",
      { headers: { "content-type": "text/plain" }, status: 415, detail: "must be application/json" },
    ],
    ["what is no JSON", { body: "{", status: 400, detail: "the body is not valid JSON" }],
    ["a body that does not fit", { body: order("7"), status: 422, detail: "order.id must be integer" }],
    ["a param that does not fit", { body: order(-1), status: 422, detail: "param orderId: must be >= 0" }],
    ["a secret that is not set", { name: "unset", status: 503, detail: "the secret of the webhook unset is not set" }],
  ])("%s", async (_, { name = "orders", body = "{}", headers = {}, status, detail }) => {
    const answer = await post(name, body, headers);
    expect(answer).toMatchObject({ status, json: { status, detail: expect.stringContaining(detail) as unknown } });
  });

  test("and is kept, with its body only when its sender is known", async () => {
    await post("orders", order("7"));
    await post("orders", order("8"), { "x-hub-signature-256": sign("", "x") });
    const [unknown, known] = await deliveriesOf("orders");
    expect(known).toMatchObject({ status: "refused", httpStatus: 422, hasBody: true });
    expect(unknown).toMatchObject({ status: "refused", httpStatus: 401, hasBody: false });
  });

  test("another method is not allowed", async () => {
    expect(await server.get("/webhooks/orders")).toMatchObject({ status: 405, headers: { allow: "POST" } });
  });
});

describe("handshakes", () => {
  test("GitHub's ping and Slack's challenge are answered and start nothing", async () => {
    const before = await runsOf();
    expect(await post("orders", "{}", { "x-github-event": "ping" })).toMatchObject({ status: 200 });
    const body = JSON.stringify({ type: "url_verification", challenge: "3eZbrw1a" });
    const at = String(Math.floor(Date.now() / 1_000));
    const signature = createHmac("sha256", "old").update(`v0:${at}:${body}`).digest("hex");
    expect(
      await post("slack", body, { "x-slack-request-timestamp": at, "x-slack-signature": `v0=${signature}` }),
    ).toMatchObject({ status: 200, json: { challenge: "3eZbrw1a" } });
    expect(await runsOf()).toBe(before);
  });
});

test("a shared key, bodies that are not kept, and a limit of deliveries", async () => {
  const send = (key: string): Promise<Answered> => post("plain", '{"orderId":1}', { "x-key": key });
  expect((await send("k3")).status).toBe(401);
  const statuses = [];
  for (let i = 0; i < 6; i += 1) statuses.push((await send("k3y")).status);
  expect(statuses).toEqual([202, 202, 202, 202, 202, 429]);
  const [kept] = await deliveriesOf("plain");
  expect(kept).toMatchObject({ status: "accepted", hasBody: false, headers: { "x-key": "***" } });
});
