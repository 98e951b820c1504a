import pg from "pg";
import { expect, test } from "vitest";
import { testDatabase } from "./test-database.ts";

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

test("two test databases share a server and nothing else", async () => {
  await using first = await testDatabase();
  await using second = await testDatabase();
  await query(first.url, "create table only_here ()");
  expect(await query(second.url, "select to_regclass('only_here') as found")).toEqual([{ found: null }]);
});

test("the template is prepared once per schema hash, also when several ask at once", async () => {
  let prepared = 0;
  const options = {
    schemaHash: `test ${String(process.hrtime.bigint())}`,
    prepare: async (url: string) => {
      prepared++;
      await query(url, "create table prepared (id int)");
    },
  };
  const databases = await Promise.all([testDatabase(options), testDatabase(options), testDatabase(options)]);
  for (const database of databases)
    expect(await query(database.url, "select count(*)::int as n from prepared")).toEqual([{ n: 0 }]);
  await Promise.all(databases.map((database) => database.drop()));
  expect(prepared).toBe(1);
});

test("a dropped database is gone even when a connection was left open", async () => {
  await using other = await testDatabase();
  const database = await testDatabase();
  const left = new pg.Client({ connectionString: database.url });
  left.on("error", () => undefined);
  await left.connect();
  await database.drop();
  const name = /@\/(\w+)\?/.exec(database.url)?.[1];
  expect(await query(other.url, `select 1 from pg_database where datname = '${String(name)}'`)).toEqual([]);
});

test("a failing prepare leaves no template behind that later tests would take for whole", async () => {
  const schemaHash = `broken ${String(process.hrtime.bigint())}`;
  await expect(testDatabase({ schemaHash, prepare: () => Promise.reject(new Error("no such table")) })).rejects.toThrow(
    "no such table",
  );
  await using database = await testDatabase({
    schemaHash,
    prepare: async (url) => void (await query(url, "create table whole ()")),
  });
  expect(await query(database.url, "select to_regclass('whole')::text as found")).toEqual([{ found: "whole" }]);
});
