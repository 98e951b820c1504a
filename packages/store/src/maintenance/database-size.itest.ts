import { expect, test } from "vitest";
import { openPool } from "../postgres/index.ts";
import { aRunOf, testStore } from "../testing/test-store.ts";
import { readDatabaseSize } from "./database-size.ts";

test("a partitioned table counts once, with all its partitions, and the sizes add up to those of the files", async () => {
  await using store = await testStore();
  await using pool = await openPool({ url: store.url, max: 2 });
  await store.sql("select millrace.add_partition()");
  for (let run = 0; run < 3; run += 1) await aRunOf(store);
  await store.sql("analyze");
  const { tables, dags } = await readDatabaseSize(pool);
  expect(tables.find(({ name }) => name === "task_instance")).toMatchObject({ rows: 3, partitions: 2 });
  expect(tables.find(({ name }) => name === "dag_run")).toMatchObject({ rows: 3, partitions: 0 });
  expect(tables.filter(({ name }) => /_\d+$/.test(name))).toEqual([]);
  const [{ bytes }] = await store.sql(
    "select sum(pg_total_relation_size(oid)) as bytes from pg_class where relnamespace = 'millrace'::regnamespace and relkind = 'r'",
  );
  const sum = tables.reduce((all, table) => all + table.heapBytes + table.indexBytes + table.toastBytes, 0);
  expect(sum).toBe(Number(bytes));
  expect(dags).toEqual([{ dagId: "a-dag", runs: 3, unfinished: 3 }]);
});
