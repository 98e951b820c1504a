import { MillraceError } from "@millrace/core";
import { expect, test } from "vitest";
import { aCaller, startServer } from "../../harness/server-harness.ts";

test("health and version are for everybody and carry no cookie", async () => {
  await using server = await startServer();
  const health = await server.get("/api/v1/health", { as: aCaller() });
  expect(health).toMatchObject({
    status: 200,
    json: {
      metadatabase: { status: "healthy" },
      scheduler: { status: "healthy" },
      triggerer: { status: null, latest_triggerer_heartbeat: null },
      dag_processor: { status: null, latest_dag_processor_heartbeat: null },
    },
  });
  expect(health.headers["set-cookie"]).toBeUndefined();
  expect((await server.get("/api/v1/version")).json).toEqual({ version: "0.0.0-test", git_version: null });

  await server.ports.parseRequests.open({ host: "a-host", pid: 1 });
  expect((await server.get("/api/v1/health")).json.dag_processor).toMatchObject({ status: "healthy" });
});

test("who has not spoken for 30 s is unhealthy, and so is everything without a database; the answer is a 200 all the same", async () => {
  await using server = await startServer();
  await server.ports.parseRequests.open({ host: "a-host", pid: 1 });
  const { now } = server.ports;
  await using later = await startServer({
    engine: { url: server.engine.url },
    ports: { now: () => now() + 31_000_000 },
  });
  expect((await later.get("/api/v1/health")).json).toMatchObject({
    metadatabase: { status: "healthy" },
    scheduler: { status: "unhealthy", latest_scheduler_heartbeat: expect.stringMatching(/\+00:00$/) },
    dag_processor: { status: "unhealthy" },
  });
  const down = (): Promise<never> => Promise.reject(new MillraceError("STORE_UNAVAILABLE", "no database"));
  await using without = await startServer({
    engine: { url: server.engine.url },
    ports: { queries: { ...server.ports.queries, listSchedulers: down } },
  });
  expect(await without.get("/api/v1/health")).toMatchObject({
    status: 200,
    json: { metadatabase: { status: "unhealthy" }, scheduler: { status: "unhealthy" } },
  });
});

test("paths that nothing serves are 404, other methods 405, and nobody may do what needs a permission", async () => {
  await using server = await startServer();
  expect(await server.get("/api/v1/nothing")).toMatchObject({ status: 404, json: { title: "Not Found", status: 404 } });
  expect(await server.request("POST", "/api/v1/health")).toMatchObject({
    status: 405,
    json: { title: "Method Not Allowed" },
  });
  expect((await server.get("/nothing")).headers["content-type"]).toMatch("text/html");
  expect(await server.get("/api/v1/dags", { as: aCaller("can_read Pools") })).toMatchObject({
    status: 403,
    json: { title: "Forbidden" },
  });
});
