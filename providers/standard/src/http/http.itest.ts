import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Secret, type Connection } from "@millrace/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aContext } from "../testing/a-context.ts";
import type { HttpOptions } from "./http-options.ts";
import { http } from "./http.ts";

interface Seen {
  readonly method?: string;
  readonly url?: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

const seen: Seen[] = [];
const server = createServer((request, response) => void answer(request, response));
let base: string;

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks = await Array.fromAsync(request as AsyncIterable<Buffer>);
  const { method, url, headers } = request;
  seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
  const path = new URL(url ?? "/", base).pathname;
  const status = Number(/\/status\/(\d+)/.exec(path)?.[1] ?? 200);
  if (path === "/silent") return;
  if (path === "/large") {
    response.writeHead(200);
    const flood = (): void => {
      while (response.write("x".repeat(65_536)));
      response.once("drain", flood);
    };
    flood();
    return;
  }
  if (path === "/moved") response.writeHead(302, { location: "/orders" });
  else if (path === "/text") response.writeHead(200, { "content-type": "text/plain; charset=iso-8859-1" });
  else response.writeHead(status, { "content-type": "application/problem+json", ...retryAfter(url ?? "") });
  response.end(path === "/text" ? Buffer.from("grün", "latin1") : JSON.stringify({ orders: 3 }));
}

function retryAfter(url: string): Record<string, string> {
  const value = new URL(url, base).searchParams.get("after");
  return value === null ? {} : { "retry-after": value };
}

const run = async (options: HttpOptions, ctx = aContext()): Promise<unknown> => await http.spec.run(options, ctx);

test("JSON comes back as a value, text as text in its charset, and redirects are followed", async () => {
  expect(await run({ url: `${base}/orders` })).toEqual({ orders: 3 });
  expect(await run({ url: `${base}/moved` })).toEqual({ orders: 3 });
  expect(await run({ url: `${base}/text` })).toBe("grün");
  expect(await run({ url: `${base}/orders`, result: "text" })).toBe('{"orders":3}');
  expect(await run({ url: `${base}/orders`, result: "none" })).toBeUndefined();
  await expect(run({ url: `${base}/text`, result: "json" })).rejects.toMatchObject({ code: "NOT_STORABLE" });
  await expect(run({ url: `${base}/moved`, redirect: "error" })).rejects.toMatchObject({ code: "TASK_FAILED" });
});

test("method, query, headers and body arrive as they were said", async () => {
  await run({
    method: "post",
    url: `${base}/orders?x=1`,
    query: { tag: ["a", "b&c"], n: 2 },
    headers: { "X-Key": new Secret("hunter2") },
    json: { password: new Secret("s3cret"), rows: [1] },
  });
  expect(seen.at(-1)).toMatchObject({
    method: "POST",
    url: "/orders?x=1&tag=a&tag=b%26c&n=2",
    headers: { "x-key": "hunter2", "content-type": "application/json" },
    body: '{"password":"s3cret","rows":[1]}',
  });
  await run({ method: "PUT", url: `${base}/orders`, form: { a: 1, b: "x y" } });
  expect(seen.at(-1)).toMatchObject({
    method: "PUT",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "a=1&b=x+y",
  });
  await expect(run({ url: base, json: 1, body: "2" })).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
});

test("a connection gives address, login and headers", async () => {
  const connection: Connection = {
    id: "shop",
    type: "http",
    host: base.replace(/:\d+$/, ""),
    port: Number(new URL(base).port),
    login: "ann",
    password: new Secret("s3cret"),
    extra: { headers: { "x-tenant": "eu" } },
  };
  await run({ connection, url: "/v1/orders" });
  expect(seen.at(-1)).toMatchObject({
    url: "/v1/orders",
    headers: { authorization: `Basic ${btoa("ann:s3cret")}`, "x-tenant": "eu" },
  });
  const ctx = aContext({ connection: async (id) => ({ ...connection, id }) });
  expect(await run({ connection: "shop", url: "orders" }, ctx)).toEqual({ orders: 3 });
});

test("neither log nor error shows query, login or headers", async () => {
  const ctx = aContext();
  const url = `${base.replace("//", "//ann:s3cret@")}/status/500?key=hunter2`;
  const error = await run({ url, headers: { authorization: "Bearer t0ken" } }, ctx).catch((thrown: unknown) => thrown);
  const said = JSON.stringify([ctx.logged, String(error)]);
  expect(said).toContain("/status/500");
  expect(said).not.toMatch(/hunter2|s3cret|t0ken/);
  expect(seen.at(-1)?.headers.authorization).toBe("Bearer t0ken");
});

test("a secret address shows its host alone", async () => {
  const error = await run({ url: new Secret(`${base}/status/500`) }).catch((thrown: unknown) => thrown);
  expect(String(error)).toContain(`GET ${base}/*** answered with status 500`);
});

test("statuses are accepted, permanent, or tried again", async () => {
  expect(await run({ url: `${base}/status/404`, acceptStatus: [200, 404] })).toEqual({ orders: 3 });
  await expect(run({ url: `${base}/status/404` })).rejects.toMatchObject({
    code: "TASK_FAILED",
    message: `GET ${base}/status/404 answered with status 404:\n{"orders":3}`,
  });
  await expect(run({ url: `${base}/status/403` })).rejects.toMatchObject({ name: "Permanent" });
  await expect(run({ url: `${base}/status/403`, permanentStatus: [] })).rejects.toMatchObject({ code: "TASK_FAILED" });
});

test.each([
  ["30", "30s"],
  ["9999999", "1d"],
  ["Thu, 02 Oct 2025 12:02:00 GMT", "2m"],
  ["Thu, 02 Oct 2025 11:00:00 GMT", "0s"],
])("Retry-After: %s starts the next try after %s", async (header, after) => {
  await expect(run({ url: `${base}/status/429`, query: { after: header } })).rejects.toMatchObject({
    name: "RetryAfter",
    after,
  });
});

test("a Retry-After that nobody can read leaves the delay to the task", async () => {
  await expect(run({ url: `${base}/status/503`, query: { after: "soon" } })).rejects.toMatchObject({
    code: "TASK_FAILED",
  });
});

test("check refuses an answer, filter makes the result of it", async () => {
  const url = `${base}/orders`;
  const few = (response: { json<T>(): T }): boolean | string =>
    response.json<{ orders: number }>().orders > 5 || "too few orders";
  await expect(run({ url, check: few })).rejects.toMatchObject({
    code: "TASK_FAILED",
    message: `GET ${url}: the answer was refused: too few orders`,
  });
  await expect(run({ url, check: () => false })).rejects.toThrow("check returned false");
  expect(await run({ url, check: () => true, filter: (response) => response.status })).toBe(200);
});

test("an answer beyond maxBytes is refused while it comes", async () => {
  await expect(run({ url: `${base}/large`, maxBytes: 100_000 })).rejects.toMatchObject({
    name: "Permanent",
    message: expect.stringContaining("100000 bytes") as string,
  });
});

test("no answer: a timeout, a stop, a closed port, an address that is none", async () => {
  await expect(run({ url: `${base}/silent`, timeout: "50ms" })).rejects.toMatchObject({
    code: "TIMEOUT",
    message: `GET ${base}/silent did not answer within its timeout of 50ms`,
  });
  const stop = new AbortController();
  const stopped = run({ url: `${base}/silent` }, aContext({ signal: stop.signal }));
  stop.abort(new Error("enough"));
  await expect(stopped).rejects.toThrow("enough");
  await expect(run({ url: "http://127.0.0.1:1/" })).rejects.toMatchObject({
    code: "TASK_FAILED",
    message: expect.stringMatching(/got no answer: .+/) as string,
  });
  await expect(run({ url: "orders" })).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
  await expect(run({ url: "file:///etc/passwd" })).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
});
