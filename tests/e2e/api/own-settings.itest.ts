import { createServer, type AddressInfo, type Server } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aCaller, startServer, type ServerHarness } from "../../harness/server-harness.ts";

let server: ServerHarness;
let redis: Server;
beforeAll(async () => {
  server = await startServer({ settings: { testConnection: true } });
  redis = createServer((socket) => {
    socket.on("data", (bytes) =>
      socket.write(String(bytes).includes("AUTH") ? "-WRONGPASS invalid hunter2hunter2\r\n" : "+PONG\r\n"),
    );
  });
  await new Promise<void>((resolve) => redis.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  redis.close();
  await server[Symbol.asyncDispose]();
});

const ROOT = "/api/millrace/v1";

test("every type of connections has a form whose secrets are write-only", async () => {
  const { items } = (await server.get(`${ROOT}/connection-types`)).json;
  expect(items.map(({ type }: { type: string }) => type)).toEqual(
    expect.arrayContaining(["postgres", "http", "redis", "ssh", "mongo", "mysql"]),
  );
  for (const { form } of items) expect(form.properties.password).toMatchObject({ writeOnly: true, format: "password" });
});

test("what provider packages bring is told, as data", async () => {
  const { items } = (await server.get(`${ROOT}/providers`)).json;
  expect(items).toContainEqual({
    packageName: "@millrace/provider-standard",
    version: expect.any(String) as string,
    description: expect.any(String) as string,
    provider: expect.objectContaining({ id: "standard" }) as object,
  });
  const { provider } = items[0];
  expect(provider.operators).toContainEqual(
    expect.objectContaining({ name: "bash", kind: "task", templated: expect.any(Array) as object }),
  );
  expect((await server.get(`${ROOT}/providers`, { as: aCaller("can_read Connections") })).status).toBe(403);
});

test("a connection fits the form of its type, comes out masked, and is changed field by field", async () => {
  const body = {
    connectionId: "db",
    type: "postgres",
    host: "h",
    password: "hunter2hunter2",
    extra: { api_key: "k3y" },
  };
  const made = await server.request("POST", `${ROOT}/connections`, { body });
  expect(made).toMatchObject({ status: 201, json: { hasPassword: true, extra: { api_key: "***" }, host: "h" } });
  expect(made.text).not.toMatch(/hunter2|k3y/);
  const refused = await server.request("POST", `${ROOT}/connections`, {
    body: { connectionId: "x", type: "postgres", host: "h", extra: { sslmode: "hunter2" } },
  });
  expect(refused).toMatchObject({ status: 400 });
  expect(refused.json.detail).toMatch(/extra.sslmode must be one of disable, allow/);
  expect(refused.text).not.toContain("hunter2");
  const changed = await server.request("PATCH", `${ROOT}/connections/db`, {
    body: { port: 5432, extra: { api_key: "***", sslmode: "require" }, password: null },
  });
  expect(changed.json).toMatchObject({ port: 5432, hasPassword: false, extra: { sslmode: "require" } });
  expect(await server.engine.store.queries.findConnection("db")).toContain('"api_key":"k3y"');
  expect((await server.request("PATCH", `${ROOT}/connections/db`, { body: { host: null } })).status).toBe(400);
  expect((await server.get(`${ROOT}/connections?limit=1`)).json.items).toHaveLength(1);
  expect((await server.request("POST", `${ROOT}/connections`, { body })).status).toBe(409);
  expect((await server.request("DELETE", `${ROOT}/connections/db`)).status).toBe(204);
  expect((await server.get(`${ROOT}/connections/db`)).status).toBe(404);
});

test("a trial says what it reached or what failed, and never a secret", async () => {
  const { port } = redis.address() as AddressInfo;
  const fields = { type: "redis", host: "127.0.0.1", port };
  const trial = async (body: unknown): Promise<unknown> =>
    (await server.request("POST", `${ROOT}/connections/test`, { body })).json;
  expect(await trial(fields)).toEqual({ ok: true, message: `127.0.0.1:${port} answers PING` });
  await server.request("POST", `${ROOT}/connections`, {
    body: { connectionId: "cache", ...fields, password: "hunter2hunter2" },
  });
  expect(await trial({ connectionId: "cache" })).toEqual({
    ok: false,
    message: "AUTH is refused: WRONGPASS invalid ***",
  });
  // The stored password goes to the stored host only.
  expect(await trial({ connectionId: "cache", host: "elsewhere" })).toMatchObject({ status: 400 });
  const as = aCaller("can_read Connections");
  expect((await server.request("POST", `${ROOT}/connections/test`, { body: fields, as })).status).toBe(403);
});

test("secret variables go in and never come out", async () => {
  const put = async (key: string, body: unknown): ReturnType<ServerHarness["request"]> =>
    await server.request("PUT", `${ROOT}/variables/${key}`, { body });
  expect((await put("region", { value: "eu" })).json).toMatchObject({ value: "eu", isSecret: false });
  expect((await put("a%2Fpassword", { value: "hunter2", description: "d" })).json).toEqual({
    key: "a/password",
    isSecret: true,
    description: "d",
    updatedAt: expect.any(String) as string,
  });
  expect((await put("a%2Fpassword", { description: null })).json).toMatchObject({ description: null });
  expect(await server.engine.store.queries.findVariable("a/password")).toBe("hunter2");
  expect((await server.get(`${ROOT}/variables`)).text).not.toContain("hunter2");
  expect((await put("new", {})).status).toBe(400);
  expect((await server.request("DELETE", `${ROOT}/variables/region`)).status).toBe(204);
  expect((await server.get(`${ROOT}/variables/region`)).status).toBe(404);
});

test("pools are made, changed and deleted", async () => {
  const made = await server.request("POST", `${ROOT}/pools`, { body: { pool: "p", slots: 2, order: "priority" } });
  expect(made).toMatchObject({ status: 201, json: { slots: 2, order: "priority", occupied: 0 } });
  const patch = async (pool: string, body: unknown): ReturnType<ServerHarness["request"]> =>
    await server.request("PATCH", `${ROOT}/pools/${pool}`, { body });
  expect((await patch("p", { pool: "q", slots: 3 })).json).toMatchObject({ pool: "q", slots: 3, order: "priority" });
  expect((await patch("default_pool", { pool: "z" })).status).toBe(409);
  expect((await server.request("DELETE", `${ROOT}/pools/q`)).status).toBe(204);
  expect((await server.get(`${ROOT}/pools`)).json.items).toMatchObject([{ pool: "default_pool" }]);
});
