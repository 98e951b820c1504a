import { openPool } from "@millrace/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer, type ServerHarness } from "../../harness/server-harness.ts";

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

const ROOT = "/api/v1/variables";
const post = async (body: unknown): ReturnType<ServerHarness["request"]> =>
  await server.request("POST", ROOT, { body });

test("a variable is made, replaced by the same call, and read in clear; a secret one is sealed at rest", async () => {
  expect((await post({ key: "region", value: "eu" })).json).toEqual({ key: "region", value: "eu", description: null });
  expect((await post({ key: "region", value: '{"a": 1}', description: "" })).json).toMatchObject({ description: "" });
  expect((await server.get(`${ROOT}/region`)).json).toEqual({ key: "region", value: '{"a": 1}', description: "" });
  await post({ key: "db_password", value: "hunter2hunter2" });
  expect((await server.get(`${ROOT}/db_password`)).json.value).toBe("hunter2hunter2");
  const [stored] = await sql("select value, sealed from millrace.variable where key = 'db_password'");
  expect(stored).toMatchObject({ sealed: true });
  expect(stored?.["value"]).not.toContain("hunter2");
  const audited = await sql("select extra from millrace.audit_entry where event = 'api.variable.create'");
  expect(JSON.stringify(audited)).not.toContain("hunter2");
});

test("keys with slashes travel percent-encoded", async () => {
  await post({ key: "foo/bar", value: "x" });
  expect((await server.get(`${ROOT}/foo%2Fbar`)).json).toMatchObject({ key: "foo/bar", value: "x" });
  expect((await server.request("DELETE", `${ROOT}/foo%2Fbar`)).status).toBe(204);
  expect((await server.get(`${ROOT}/foo%2Fbar`)).json).toMatchObject({
    status: 404,
    title: "Variable not found",
    detail: "Variable does not exist",
  });
  expect((await server.request("DELETE", `${ROOT}/foo%2Fbar`)).json).toMatchObject({ title: "Variable not found" });
});

test("a patch needs the key of the path, and changes what the mask names", async () => {
  const patch = async (body: unknown, mask = ""): ReturnType<ServerHarness["request"]> =>
    await server.request("PATCH", `${ROOT}/region${mask}`, { body });
  expect((await patch({ key: "region", value: "us", description: null })).json).toEqual({
    key: "region",
    value: "us",
    description: null,
  });
  expect((await patch({ key: "region", value: "x", description: "d" }, "?update_mask=description")).json).toMatchObject(
    {
      value: "us",
      description: "d",
    },
  );
  expect((await patch({ key: "other", value: "x" })).json).toMatchObject({
    status: 400,
    title: "Invalid post body",
    detail: "key from request body doesn't match uri parameter",
  });
  expect((await patch({ key: "region", value: "x" }, "?update_mask=key")).json.detail).toBe(
    "'key' is unknown or cannot be updated.",
  );
  const gone = await server.request("PATCH", `${ROOT}/none`, { body: { key: "none", value: "x" } });
  expect(gone.json).toMatchObject({ status: 404, title: "Variable not found", detail: "Variable does not exist" });
});

test("what is missing, unknown or of another type is refused in Airflow's words", async () => {
  const title = "Invalid Variable schema";
  expect((await post({ key: "k" })).json).toMatchObject({
    status: 400,
    title,
    detail: "{'value': ['Missing data for required field.']}",
  });
  expect((await post({ key: "k", value: "v", nope: 1 })).json).toMatchObject({
    status: 400,
    title,
    detail: "{'nope': ['Unknown field.']}",
  });
  expect(await post({ key: "", value: "v" })).toMatchObject({ status: 400, json: { status: 400 } });
  expect((await post({ key: "k", value: 1 })).json.detail).toBe("1 is not of type 'string' - 'value'");
});

test("lists are ordered and paged; secret values have no place in their order", async () => {
  const keys = async (query: string): Promise<readonly string[]> =>
    ((await server.get(`${ROOT}?${query}`)).json.variables as { key: string }[]).map(({ key }) => key);
  await post({ key: "a", value: "zz" });
  expect(await keys("order_by=key")).toEqual(["a", "db_password", "region"]);
  expect(await keys("order_by=value")).toEqual(["region", "a", "db_password"]);
  expect(await keys("order_by=-id&limit=1")).toEqual(["a"]);
  expect((await server.get(`${ROOT}?limit=1`)).json.total_entries).toBe(3);
});
