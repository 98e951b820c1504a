import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "../testing/test-database.ts";
import { copyIn, copyOut } from "./copy.ts";

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await testDatabase();
  client = new pg.Client({ connectionString: database.url, query_timeout: 5_000 });
  await client.connect();
  await client.query("create table t (n integer, text text)");
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

async function all(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* bytes(...chunks: readonly (Buffer | Error)[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) {
    if (chunk instanceof Error) throw chunk;
    yield await Promise.resolve(chunk);
  }
}

test("what was copied out comes back as it was, far more than memory may hold at once", async () => {
  await client.query(
    "insert into t select n, repeat(md5(n::text), 30) || e'\\n\\t\\\\' from generate_series(1, 40000) n",
  );
  let most = 0;
  const chunks: Buffer[] = [];
  for await (const chunk of copyOut(client, "copy t to stdout (format binary)")) {
    most = Math.max(most, chunk.length);
    chunks.push(chunk);
    await new Promise(setImmediate);
  }
  expect(Buffer.concat(chunks).length).toBeGreaterThan(39_000_000);
  expect(most).toBeLessThan(8_000_000);
  await client.query("create table u (like t)");
  expect(await copyIn(client, "copy u from stdin (format binary)", bytes(...chunks))).toBe(40_000);
  const { rows } = await client.query("select count(*)::integer as n from (select * from t except select * from u) d");
  expect(rows).toEqual([{ n: 0 }]);
});

test("an error of the server is thrown, and the connection goes on", async () => {
  await expect(all(copyOut(client, "copy nothing to stdout"))).rejects.toThrow('"nothing" does not exist');
  await expect(copyIn(client, "copy t from stdin", bytes(Buffer.from("no number\tx\n")))).rejects.toThrow("integer");
  expect((await client.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
});

test("a source that fails leaves nothing, and the connection goes on", async () => {
  await client.query("create table v (n integer)");
  const source = bytes(Buffer.from("1\n"), new Error("the disk is gone"));
  await expect(copyIn(client, "copy v from stdin", source)).rejects.toThrow("the disk is gone");
  expect((await client.query("select count(*)::integer as n from v")).rows).toEqual([{ n: 0 }]);
});

test("a connection that is lost ends the copy", async () => {
  const other = new pg.Client({ connectionString: database.url });
  other.on("error", () => undefined);
  await other.connect();
  const [{ pid }] = (await other.query<{ pid: number }>("select pg_backend_pid() as pid")).rows;
  const source = (async function* () {
    yield Buffer.from("1\ta\n");
    await client.query("select pg_terminate_backend($1)", [pid]);
    await new Promise((resolve) => other.once("end", resolve));
    yield Buffer.from("2\tb\n");
  })();
  await expect(copyIn(other, "copy t from stdin", source)).rejects.toThrow(/terminat/);
});
