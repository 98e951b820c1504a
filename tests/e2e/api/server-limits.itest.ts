import { afterAll, beforeAll, expect, test } from "vitest";
import { aCaller, startServer, type ServerHarness } from "../../harness/server-harness.ts";

let server: ServerHarness;
beforeAll(async () => {
  server = await startServer({
    settings: { bodyLimitBytes: 1_000, requestsPerMinute: 20, corsOrigins: ["https://a.example", "https://b.example"] },
  });
});
afterAll(async () => await server[Symbol.asyncDispose]());

test("answers carry a request id and the headers that keep browsers in check", async () => {
  const { headers } = await server.get("/api/v1/version");
  expect(headers["x-request-id"]).toMatch(/^[\da-f-]{36}$/);
  expect(headers["content-security-policy"]).toMatch("default-src 'self'");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  // Over plain HTTP they would send browsers to a server that is not there.
  expect(headers["strict-transport-security"]).toBeUndefined();
  expect(headers["content-security-policy"]).not.toMatch("upgrade-insecure-requests");
  expect(headers["x-powered-by"]).toBeUndefined();
});

test("a body above the limit is 413, one that is no JSON 400", async () => {
  const headers = { "content-type": "application/json" };
  const large = await server.request("POST", "/api/v1/pools", { body: "x".repeat(1_001), headers });
  expect(large).toMatchObject({ status: 413, json: { status: 413, title: "Payload Too Large" } });
  const broken = await server.request("POST", "/api/v1/pools", { body: "{", headers });
  expect(broken).toMatchObject({ status: 400, json: { detail: "Request body is not valid JSON" } });
});

test("who comes without a path is shown the page of the API", async () => {
  expect(await server.get("/")).toMatchObject({ status: 302, headers: { location: "/api" } });
});

test("a URL that cannot be read is an error like every other", async () => {
  expect(await server.get("/api/v1/dags/%ED%A0%80")).toMatchObject({
    status: 400,
    json: { status: 400, title: "Bad Request" },
  });
});

test("text that no database can hold is refused without its words", async () => {
  const { status, json } = await server.get("/api/v1/dags/a%00b");
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(JSON.stringify(json)).not.toMatch(/UTF8|encoding|byte sequence/);
});

test("origins of the list are echoed, others get nothing, and a request without one gets the first", async () => {
  const allowed = async (headers: Readonly<Record<string, string>>): Promise<unknown> =>
    (await server.get("/api/v1/version", { headers })).headers["access-control-allow-origin"];
  expect(await allowed({ origin: "https://b.example" })).toBe("https://b.example");
  expect(await allowed({})).toBe("https://a.example");
  expect(await allowed({ origin: "https://c.example" })).toBeUndefined();
});

test("a caller who asks too often is told when to come back, others go on", async () => {
  const busy = { ...aCaller("can_read DAGs"), name: "busy" };
  const answers = [];
  for (let sent = 0; sent < 22; sent += 1) answers.push(await server.get("/api/v1/dags", { as: busy }));
  expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: 20 }, () => 200), 429, 429]);
  expect(Number(answers.at(-1)?.headers["retry-after"])).toBeGreaterThan(0);
  expect((await server.get("/api/v1/dags", { as: { ...busy, name: "calm" } })).status).toBe(200);
});
