import { expect, test } from "vitest";
import { aCaller, startServer } from "../../harness/server-harness.ts";

test("health and version are for everybody and carry no cookie", async () => {
  await using server = await startServer();
  const health = await server.get("/api/v1/health", { as: aCaller() });
  expect(health).toMatchObject({
    status: 200,
    json: { metadatabase: { status: "healthy" }, scheduler: { status: "healthy" } },
  });
  expect(health.headers["set-cookie"]).toBeUndefined();
  expect((await server.get("/api/v1/version")).json).toEqual({ version: "0.0.0-test", git_version: null });
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
