// HTTP against a real server, operators in mapped tasks, and an operator of a user's own, on the real engine.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEngine } from "../harness/engine-harness.ts";
import { causeOf, linesOf, resultOf } from "../harness/task-facts.ts";

const seen: { readonly url: string; readonly authorization: string | undefined }[] = [];
let busy = 1;
const server = createServer((request, response) => {
  seen.push({ url: request.url ?? "", authorization: request.headers.authorization });
  if (request.url === "/busy" && busy > 0) {
    busy -= 1;
    response.writeHead(429, { "retry-after": "0" }).end();
  } else if (request.url === "/echo") {
    response.writeHead(500).end(`you said ${request.headers.authorization} and ${String(request.headers["x-key"])}`);
  } else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ url: request.url }));
});
let port: number;
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test("a connection, templates and upstream results make the request; the answer is the result", async () => {
  await using engine = await startEngine();
  await engine.store.queries.setConnection({
    connectionId: "shop",
    connectionType: "http",
    value: `http://ann:s3cret-pass@127.0.0.1:${port}`,
  });
  await engine.deploy(`
import { connection, dag, http, item } from "millrace";
export const calls = dag("calls", ({ task, map }) => {
  const shops = task("shops", () => ["berlin", "paris"]);
  const orders = map("orders", { each: { shop: shops } }, http({
    connection: connection("shop"), url: "/orders", query: { day: "{{ ds }}", shop: item("shop") },
    filter: (response) => response.json().url,
  }));
  task("all", { input: { orders } }, ({ orders }) => orders);
  task("by_id", http({ connection: "shop", url: "{{ run_id }}" }));
});`);
  const { runId } = await engine.trigger("calls", { logicalDate: 1_759_276_800_000_000, runKey: "r1" });
  expect(await engine.ended(runId)).toBe("success");
  expect(await resultOf(engine, runId, "all")).toEqual([
    "/orders?day=2025-10-01&shop=berlin",
    "/orders?day=2025-10-01&shop=paris",
  ]);
  expect(await resultOf(engine, runId, "by_id")).toEqual({ url: "/r1" });
  expect(seen[0].authorization).toBe(`Basic ${btoa("ann:s3cret-pass")}`);
});

test("Retry-After starts the next try, and secrets stay out of logs and causes even when the server repeats them", async () => {
  await using engine = await startEngine();
  await engine.store.queries.setConnection({
    connectionId: "shop",
    connectionType: "http",
    value: `http://ann:s3cret-pass@127.0.0.1:${port}`,
  });
  await engine.deploy(`
import { dag, http, Secret } from "millrace";
export const calls = dag("calls", ({ task }) => {
  task("busy", { retries: 1, retryDelay: "1h" }, http({ connection: "shop", url: "busy" }));
  task("echo", http({ connection: "shop", url: "echo", headers: { "x-key": new Secret("key-of-mine") } }));
});`);
  const { runId } = await engine.trigger("calls");
  expect(await engine.ended(runId)).toBe("failed");
  expect(await engine.states(runId)).toEqual({ busy: "success", echo: "failed" });
  const said = JSON.stringify([await linesOf(engine, runId, "echo"), await causeOf(engine, runId, "echo")]);
  expect(said).toContain("answered with status 500");
  expect(said).not.toMatch(/s3cret-pass|key-of-mine/);
});

test("an operator in a user's file has types, templates, a schema and documentation as ours", async () => {
  await using engine = await startEngine();
  await engine.deploy(`
import { dag, operator } from "millrace";
const greet = operator({
  name: "GreetOperator", color: "#80d0ff", doc: "Greets.", templated: ["name"],
  schema: { type: "object", required: ["name"], properties: { name: { type: "string" }, times: { type: "integer", maximum: 3 } } },
  run: ({ name, times = 1 }: { name: string; times?: number }, { log }) => { log.info("greeting"); return Array(times).fill("hello " + name); },
});
export const greets = dag("greets", ({ task }) => {
  const times = task("times", () => 2);
  task("good", greet({ name: "{{ dag.dag_id }}", times }));
  const many = task("many", () => 9);
  task("bad", greet({ name: "x", times: many }));
});`);
  const { runId } = await engine.trigger("greets");
  expect(await engine.ended(runId)).toBe("failed");
  expect(await resultOf(engine, runId, "good")).toEqual(["hello greets", "hello greets"]);
  expect(await causeOf(engine, runId, "bad")).toContain("options of GreetOperator: times must be <= 3");
  const { graph } = await engine.store.engine.loadGraph("greets", 1);
  expect(graph.tasks.find((task) => task.taskId === "good")).toMatchObject({
    operator: "GreetOperator",
    color: "#80d0ff",
    docMd: "Greets.",
  });
});

test("addresses that the configuration denies are reached by no request and no redirect, and trying again is no use", async () => {
  const before = seen.length;
  await using engine = await startEngine({ rules: { network: { privateAddresses: "deny", allowedHosts: [] } } });
  await engine.deploy(`
import { dag, http } from "millrace";
export const calls = dag("calls", ({ task }) => {
  task("denied", { retries: 3, retryDelay: "1h" }, http({ url: "http://127.0.0.1:${port}/x" }));
  task("own", async (_, { fetch }) => await fetch("http://[::ffff:7f00:1]:${port}/x").catch((error) => error.code));
});`);
  const { runId } = await engine.trigger("calls");
  expect(await engine.ended(runId)).toBe("failed");
  expect(JSON.stringify(await causeOf(engine, runId, "denied"))).toMatch(/security.privateAddresses denies it/);
  expect(await resultOf(engine, runId, "own")).toBe("FORBIDDEN_ADDRESS");
  expect(seen.length).toBe(before);
});
