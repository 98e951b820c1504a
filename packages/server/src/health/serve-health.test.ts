import fastify from "fastify";
import { expect, test } from "vitest";
import { serveHealth, type ServeHealthOptions } from "./serve-health.ts";

test("a server that stops is alive and no longer ready, while it still finishes requests", async () => {
  const closing = new AbortController();
  const app = fastify();
  const ports = { now: () => 0, database: { check: async () => undefined } } as unknown as ServeHealthOptions["ports"];
  serveHealth(app, { ports, version: "1.2.3", closing: closing.signal });
  expect((await app.inject({ url: "/readyz" })).statusCode).toBe(200);
  closing.abort();
  const ready = await app.inject({ url: "/readyz" });
  expect([ready.statusCode, ready.json()]).toEqual([503, { status: "stopping", database: "healthy" }]);
  expect((await app.inject({ url: "/livez" })).statusCode).toBe(200);
});
