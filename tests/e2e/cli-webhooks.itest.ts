// The page about webhooks is played as its readers would: its file, its commands, its answers.
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cliProject, type CliProject, type Ended, type Launched } from "../harness/cli-project.ts";
import { pageBlocks } from "../harness/page-blocks.ts";
import { typeErrors } from "../harness/type-errors.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../docs/how-to/webhooks.md"), "utf8");
const FILE = pageBlocks(PAGE)
  .filter(({ attributes }) => attributes["file"] === "orders.dag.ts")
  .flatMap(({ lines }) => lines)
  .join("\n");

let project: CliProject;
let server: Launched;

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

beforeAll(async () => {
  project = await cliProject(
    { "millrace.json": "{}", "dags/orders.dag.ts": FILE, "order.json": '{"order": {"id": 7, "customer": "Ada"}}' },
    { MILLRACE__SERVER__PORT: String(await freePort()) },
  );
  expect(await project.run("variables", "set", "shop_secret", "s3cret", "--secret")).toMatchObject({ code: 0 });
  expect(await rowsOf("webhooks", "list")).toMatchObject([{ webhook: "orders", dag_id: "orders", signature: "hmac" }]);
  server = project.launch(["start"], { MILLRACE__SERVER__ENABLED: "true" });
  await server.until(/Ctrl-C stops/);
}, 120_000);
afterAll(() => project[Symbol.asyncDispose]());

async function rowsOf(...args: readonly string[]): Promise<Record<string, unknown>[]> {
  const { code, out, err } = await project.run(...args, "-o", "json");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return [JSON.parse(out)].flat() as Record<string, unknown>[];
}

const send = (file: string, delivery: string): Promise<Ended> =>
  project.run("webhooks", "send", "orders", "--file", file, "-H", `X-Shop-Delivery: ${delivery}`, "-o", "json");

test("the file of the page has the types that it claims", async () => {
  expect(await typeErrors({ "orders.dag.ts": FILE })).toBe("");
}, 120_000);

test("a delivery that is sent from the command line makes a run; again, it does not", async () => {
  const first = await send("order.json", "1");
  expect(first.code).toBe(0);
  const answer = JSON.parse(first.out) as Record<string, unknown>;
  expect(answer).toMatchObject({ http_status: 202, dagId: "orders", status: "accepted" });
  expect(JSON.parse((await send("order.json", "1")).out)).toMatchObject({ http_status: 200, runId: answer["runId"] });
  const deliveries = await rowsOf("webhooks", "deliveries", "orders");
  expect(deliveries.map(({ status }) => status)).toEqual(["duplicate", "accepted"]);

  const [shown] = await rowsOf("webhooks", "show", "orders", String(answer["deliveryId"]));
  expect(shown).toMatchObject({ body: '{"order": {"id": 7, "customer": "Ada"}}' });
  const [replayed] = await rowsOf("webhooks", "replay", "orders", String(answer["deliveryId"]));
  expect(replayed["run_id"]).not.toBe(answer["runId"]);
  const runs = await rowsOf("runs", "list", "orders");
  expect(runs).toHaveLength(2);
}, 120_000);

test("what is refused says why, and ends with 1", async () => {
  await project.write("wrong.json", '{"order": {"id": "seven"}}');
  const refused = await send("wrong.json", "2");
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.out)).toMatchObject({
    http_status: 422,
    detail: expect.stringContaining("order.id must be integer") as unknown,
  });
  expect(await project.run("webhooks", "send", "other", "--file", "order.json")).toMatchObject({
    code: 1,
    err: expect.stringContaining("no DAG declares a webhook other") as unknown,
  });
  for (const wrong of [
    ["--url", "millrace.example.org"],
    ["--header", "X Shop: 1"],
  ])
    expect(await project.run("webhooks", "send", "orders", "--file", "order.json", ...wrong)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/write it like .*\n.*\(BAD_ARGUMENT\)\n$/) as unknown,
    });
}, 120_000);
