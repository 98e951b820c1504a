import { openPool } from "@millrace/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aCaller, startServer, type ServerHarness } from "../../harness/server-harness.ts";

let server: ServerHarness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => await server[Symbol.asyncDispose]());

/** Looks at rows behind the server's back. */
async function sql(text: string): Promise<readonly Record<string, unknown>[]> {
  const pool = await openPool({ url: server.engine.url, max: 2, log: () => undefined });
  try {
    return (await pool.query<Record<string, unknown>>(text)).rows;
  } finally {
    await pool.close();
  }
}

const ROOT = "/api/v1/connections";
const post = async (body: unknown): ReturnType<ServerHarness["request"]> =>
  await server.request("POST", ROOT, { body });

test("a connection is made, read with its secrets masked, and never gives its password", async () => {
  const made = await post({
    connection_id: "shop",
    conn_type: "postgres",
    host: "db.example",
    port: 5432,
    login: "reader",
    password: "hunter2hunter2",
    schema: "shop",
    extra: '{"sslmode": "require", "api_key": "k3y", "ü": [1, null]}',
  });
  const shown = {
    connection_id: "shop",
    conn_type: "postgres",
    description: null,
    host: "db.example",
    login: "reader",
    port: 5432,
    schema: "shop",
    extra: String.raw`{"sslmode": "require", "api_key": "***", "\u00fc": [1, null]}`,
  };
  expect(made).toMatchObject({ status: 200, json: shown });
  const read = await server.get(`${ROOT}/shop`);
  expect(read.json).toEqual(shown);
  expect(made.text + read.text).not.toContain("hunter2");
  const listed = await server.get(ROOT);
  expect(listed.json).toMatchObject({ total_entries: 1, connections: [{ connection_id: "shop", host: "db.example" }] });
  expect(listed.json.connections[0]).not.toHaveProperty("extra");
  const stored = await sql("select value, sort_host, sort_port from millrace.connection");
  expect(stored).toMatchObject([{ sort_host: "db.example", sort_port: 5432 }]);
  expect(JSON.stringify(stored)).not.toMatch(/hunter2|reader|k3y/);
});

test("what does not fit is refused in Airflow's words", async () => {
  const refusals: readonly (readonly [unknown, number, string])[] = [
    [{ connection_id: "x" }, 400, "{'conn_type': ['Missing data for required field.']}"],
    [{ conn_type: "x" }, 400, "{'connection_id': ['Missing data for required field.']}"],
    [{ connection_id: "x", conn_type: "x", nope: 1 }, 400, "{'nope': ['Unknown field.']}"],
    [{ connection_id: "x", conn_type: "x", port: "80" }, 400, "'80' is not of type 'integer' - 'port'"],
    [
      { connection_id: "****", conn_type: "x" },
      400,
      "The key '****' has to be made of alphanumeric characters, dashes, dots and underscores exclusively",
    ],
    [{ connection_id: "shop", conn_type: "http" }, 409, "Connection already exist. ID: shop"],
    [{ connection_id: "x", conn_type: "x", extra: "hunter2" }, 400, "connection x: extra must be JSON"],
  ];
  for (const [body, status, detail] of refusals) expect((await post(body)).json).toMatchObject({ status, detail });
  for (const method of ["GET", "DELETE"] as const)
    expect((await server.request(method, `${ROOT}/none`)).json).toMatchObject({
      status: 404,
      title: "Connection not found",
      detail: "The Connection with connection_id: `none` was not found",
    });
  expect((await server.get(ROOT, { as: aCaller("can_read Variables") })).status).toBe(403);
});

test("a patch changes what it names; what it hides or leaves out stays", async () => {
  await post({ connection_id: "part", conn_type: "http", password: "secret-1", extra: '{"token":"t0k","a":1}' });
  const patch = async (body: unknown, mask = ""): ReturnType<ServerHarness["request"]> =>
    await server.request("PATCH", `${ROOT}/part${mask}`, { body });
  expect((await patch({ host: "h", extra: '{"token":"***","a":2}', description: "d" })).json).toMatchObject({
    host: "h",
    conn_type: "http",
    description: "d",
    extra: '{"token": "***", "a": 2}',
  });
  expect(await server.engine.store.queries.findConnection("part")).toBe(
    '{"conn_type":"http","host":"h","password":"secret-1","extra":{"token":"t0k","a":2}}',
  );
  expect((await patch({ host: "i", port: 1 }, "?update_mask=port")).json).toMatchObject({ host: "h", port: 1 });
  expect((await patch({ port: null, description: null })).json).toMatchObject({ port: null, description: null });
  expect((await patch({ host: "i" }, "?update_mask=connection_id")).json).toMatchObject({
    status: 400,
    detail: "'connection_id' is unknown or cannot be updated.",
  });
  expect((await patch({ connection_id: "other" })).json).toMatchObject({
    status: 400,
    detail: "The connection_id cannot be updated.",
  });
  expect((await server.request("DELETE", `${ROOT}/part`)).status).toBe(204);
});

test("lists are ordered by each field and paged, also those that were sealed as a URI", async () => {
  const { queries } = server.engine.store;
  await queries.setConnection({ connectionId: "old", connectionType: "mongo", value: "mongo://u:p@aaa:9/" });
  await post({ connection_id: "mongo", conn_type: "mongo", host: "mongodb://me:pass-word@zzz", description: "b" });
  const ids = async (query: string): Promise<readonly string[]> =>
    ((await server.get(`${ROOT}?${query}`)).json.connections as { connection_id: string }[]).map(
      (one) => one.connection_id,
    );
  expect(await ids("order_by=host")).toEqual(["old", "shop", "mongo"]);
  expect(await ids("order_by=-connection_id")).toEqual(["shop", "old", "mongo"]);
  expect(await ids("order_by=port")).toEqual(["old", "shop", "mongo"]);
  expect(await ids("")).toEqual(["shop", "old", "mongo"]);
  expect(await ids("order_by=id&limit=1&offset=1")).toEqual(["old"]);
  expect((await server.get(`${ROOT}?limit=1`)).json.total_entries).toBe(3);
  const { json } = await server.get(`${ROOT}/mongo`);
  expect(json.host).toBe("mongodb://me:***@zzz");
  expect(JSON.stringify(await sql("select sort_host from millrace.connection"))).not.toContain("pass-word");
  expect((await server.get(`${ROOT}?order_by=password`)).json).toMatchObject({
    status: 400,
    detail: "Ordering with 'password' is disallowed or the attribute does not exist on the model",
  });
});

test("connections are tried only where that is allowed, and a trial leaves nothing behind", async () => {
  const body = { connection_id: "trial", conn_type: "redis", host: "127.0.0.1", port: 1, password: "hunter2hunter2" };
  const refused = await server.request("POST", `${ROOT}/test`, { body });
  expect(refused).toMatchObject({
    status: 403,
    text: "Testing connections is disabled in Airflow configuration. Contact your deployment admin to enable it.",
  });
  expect(refused.headers["content-type"]).toMatch("text/plain");
  await using enabled = await startServer({ settings: { testConnection: true } });
  const tried = await enabled.request("POST", `${ROOT}/test`, { body });
  expect(tried).toMatchObject({ status: 200, json: { status: false } });
  expect(tried.json.message).toMatch(/127\.0\.0\.1:1 cannot be reached: connect ECONNREFUSED/);
  expect((await enabled.get(ROOT)).json.total_entries).toBe(0);
});
