import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testDatabase } from "../testing/index.ts";
import { aCreation, anInsert, testStore, type TestStore } from "../testing/test-store.ts";
import { checkSchema, migrate, schemaVersion } from "./migrate.ts";
import { describeSchema } from "./describe-schema.ts";

async function connect(url: string): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

describe("migrate", () => {
  test("several processes at once: each migration is applied once", async () => {
    await using database = await testDatabase();
    const clients = await Promise.all([connect(database.url), connect(database.url), connect(database.url)]);
    const results = await Promise.all(clients.map((client) => migrate(client)));
    const { program } = await schemaVersion(clients[0]);
    const applied = results.flatMap((result) => result.applied);
    expect(applied.toSorted()).toEqual([...new Set(applied)].toSorted());
    expect(applied).toHaveLength(program);
    expect(await migrate(clients[0])).toEqual({ from: program, to: program, applied: [] });
    await Promise.all(clients.map((client) => client.end()));
  });

  test("a migration that fails leaves nothing of itself, and the next call goes on", async () => {
    await using database = await testDatabase();
    await using client = await connect(database.url);
    await client.query("create schema millrace");
    // What 0001 is about to create.
    await client.query("create table millrace.xcom ()");
    await expect(migrate(client)).rejects.toThrow('"xcom" already exists');
    expect(await schemaVersion(client)).toMatchObject({ database: 0 });
    await client.query("drop table millrace.xcom");
    expect((await migrate(client)).from).toBe(0);
  });

  test("a newer schema is refused and not touched", async () => {
    await using database = await testDatabase();
    await using client = await connect(database.url);
    const { to } = await migrate(client);
    await client.query(
      "insert into millrace.migration (number, file_name, hash) values ($1, 'from-the-future.sql', '')",
      [to + 1],
    );
    await expect(migrate(client)).rejects.toMatchObject({ code: "SCHEMA_TOO_NEW" });
    await expect(checkSchema(client)).rejects.toMatchObject({ code: "SCHEMA_TOO_NEW" });
  });

  test("a schema made by other migrations of the same numbers is refused and not touched", async () => {
    await using database = await testDatabase();
    await using client = await connect(database.url);
    await migrate(client);
    await client.query("update millrace.migration set hash = 'of another file' where number = 3");
    await expect(migrate(client)).rejects.toMatchObject({
      code: "SCHEMA_DIFFERS",
      message: expect.stringContaining("0003-commit.sql") as unknown,
    });
    await expect(checkSchema(client)).rejects.toMatchObject({ code: "SCHEMA_DIFFERS" });
  });

  test("a database without the schema is told from one that is up to date", async () => {
    await using database = await testDatabase();
    await using client = await connect(database.url);
    await expect(checkSchema(client)).rejects.toThrow("millrace db migrate");
    await migrate(client);
    await checkSchema(client);
  });

  // After a new migration: run with -u and read the difference.
  test("the schema is the one in the snapshot", async () => {
    await using database = await testDatabase();
    await using client = await connect(database.url);
    await migrate(client);
    await expect(await describeSchema(client)).toMatchFileSnapshot(join(import.meta.dirname, "schema.snapshot.txt"));
  });
});

describe("partitions", () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await testStore();
  });
  afterAll(() => store.close());
  const partitions = async (): Promise<Record<string, unknown>[]> =>
    await store.sql("select from_run_id::int as from, to_run_id::int as to from millrace.run_partition order by 1");

  test("ids are unique and ascending, however they are asked for", async () => {
    const asked = await Promise.all(
      [1, 3, 1, 700, 2].map(async (count) => ({ count, first: await store.engine.reserveRunIds(count) })),
    );
    const ids = asked.flatMap(({ count, first }) => Array.from({ length: count }, (_, index) => first + index));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("the next partition is there before it is needed, made beside readers with open snapshots, twice as large when the last was filled in a day", async () => {
    await using reader = await connect(store.url);
    await reader.query("begin isolation level repeatable read");
    await reader.query("select count(*) from millrace.task_instance");
    const before = await partitions();
    expect(before).toHaveLength(1);
    await store.engine.reserveRunIds(60_000);
    expect(await partitions()).toEqual([
      { from: 0, to: 100_000 },
      { from: 100_000, to: 300_000 },
    ]);
    await reader.query("commit");
    const far = await store.engine.reserveRunIds(300_000);
    const last = far + 299_999;
    await store.commitRuns(aCreation(last, {}, { instances: [anInsert("t")] }));
    expect((await store.engine.loadRun(last))?.instances).toHaveLength(1);
    const rows = await store.sql(
      "select c.relname as partition from millrace.task_instance t join pg_class c on c.oid = t.tableoid where t.run_id = $1",
      [last],
    );
    expect(rows).toEqual([{ partition: "task_instance_300000" }]);
  });
});
