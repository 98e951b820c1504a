import { Writable } from "node:stream";
import { pino } from "pino";
import { MillraceError } from "@millrace/core";
import { createServer } from "@millrace/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aCaller, ADMIN, startServer, type ServerHarness } from "../../harness/server-harness.ts";

let server: ServerHarness;
let isBroken = false;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => await server[Symbol.asyncDispose]());

/** A server beside it whose database may be away, and its log. */
async function aServer(): Promise<{ readonly app: ServerHarness["app"]; readonly lines: Record<string, unknown>[] }> {
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString().trim().split("\n")) lines.push(JSON.parse(line) as Record<string, unknown>);
      done();
    },
  });
  const { settings } = server;
  const app = await createServer({
    ports: {
      ...server.ports,
      database: {
        check: async () => {
          if (isBroken) throw new MillraceError("STORE_UNAVAILABLE", "connect ECONNREFUSED 10.1.2.3:5432 as millrace");
          await server.ports.database.check();
        },
      },
    },
    settings,
    log: pino({ level: "info" }, sink),
    authenticate: async () => ADMIN,
  });
  return { app, lines };
}

test("a server that works is alive, ready and healthy, for callers without any permission", async () => {
  expect(await server.get("/livez", { as: aCaller() })).toMatchObject({ status: 200, json: { status: "alive" } });
  expect(await server.get("/readyz", { as: aCaller() })).toMatchObject({
    status: 200,
    json: { status: "ready", database: "healthy" },
  });
  const health = await server.get("/health", { as: aCaller() });
  expect(health).toMatchObject({
    status: 200,
    json: {
      status: "healthy",
      version: "0.0.0-test",
      metadatabase: { status: "healthy" },
      scheduler: { status: "healthy", alive: 1 },
    },
  });
  expect(health.headers["cache-control"]).toBe("no-store");
});

test("without its database a server lives and is not ready, and says nothing of why", async () => {
  const { app, lines } = await aServer();
  isBroken = true;
  const get = async (url: string) => await app.inject({ url });
  expect((await get("/livez")).statusCode).toBe(200);
  const ready = await get("/readyz");
  expect([ready.statusCode, ready.json()]).toEqual([503, { status: "not ready", database: "unhealthy" }]);
  const health = await get("/health");
  expect([health.statusCode, health.json()]).toMatchObject([
    503,
    { status: "unhealthy", metadatabase: { status: "unhealthy" } },
  ]);
  expect(ready.body + health.body).not.toMatch(/ECONNREFUSED|10\.1\.2\.3/);
  expect(JSON.stringify(lines)).toMatch("ECONNREFUSED");
  isBroken = false;
  expect((await get("/readyz")).statusCode).toBe(200);
  await app.close();
});

test("each request is one line: its id, operation, status, time and caller, and nothing that it carried", async () => {
  const { app, lines } = await aServer();
  const answered = await app.inject({
    method: "PATCH",
    url: "/api/v1/variables/secret-name?update_mask=hunter1",
    headers: { authorization: "Bearer hunter2", "content-type": "application/json" },
    payload: JSON.stringify({ value: "hunter3" }),
  });
  const line = lines.find(({ msg }) => msg === "request answered");
  expect(line).toMatchObject({
    reqId: answered.headers["x-request-id"],
    method: "PATCH",
    operation: "patch_variable",
    route: "/api/v1/variables/:variable_key",
    status: answered.statusCode,
    caller: "user:admin",
  });
  expect(line?.["ms"]).toBeGreaterThanOrEqual(0);
  expect(JSON.stringify(lines)).not.toMatch(/hunter|secret-name/);
  await app.close();
});
