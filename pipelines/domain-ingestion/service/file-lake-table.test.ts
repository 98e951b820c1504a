import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { LakeSchema } from "../steps/lake-schema.ts";
import { LakeError } from "../steps/pipeline-errors.ts";
import { collect } from "../testing/collect.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { fakeContext } from "../testing/fake-context.ts";
import { newestDataOf } from "./delta-backlog.ts";
import { openFileLakeTable } from "./file-lake-table.ts";
import type { LakeTable } from "./lake-table.ts";

interface Row {
  readonly key: string;
  readonly n: number;
  readonly day: string;
}

const T0 = Date.parse("2025-10-01T00:00:00Z");
const HOUR = 3_600_000;
const schema = {
  name: "rows",
  columns: { key: "string", n: "long", day: "date" },
  partitionBy: "day",
} as const satisfies LakeSchema<Row>;
const openTable = (folder: string, nowMs = T0): LakeTable<Row> =>
  openFileLakeTable<Row>({ folder, schema, nowMs: () => nowMs });
const row = (key: string, n = 1, day = "2025-10-01"): Row => ({ key, n, day });
const sum = (changes: readonly Row[]) => ({
  changes,
  keyOf: (item: Row) => item.key,
  refresh: (known: Row) => known,
  fold: (known: Row | undefined, change: Row) => ({ ...change, n: (known?.n ?? 0) + change.n }),
});
const keysOf = async (table: LakeTable<Row>): Promise<readonly string[]> =>
  (await collect(table.read())).map((found) => found.key).toSorted();

test("appended rows lie in a folder per day and are read back as one table", async () => {
  const folder = temporaryFolder();
  const table = openTable(folder);
  expect(await table.version()).toBe(-1);
  expect(
    await table.append([row("a"), row("b", 2, "2025-10-02"), row("c")], { expected: {}, next: { log: 3 } }),
  ).toEqual({ kind: "committed", version: 0, rows: 3 });
  expect(readdirSync(folder).toSorted()).toEqual(["_delta_log", "day=2025-10-01", "day=2025-10-02"]);
  expect(await keysOf(openTable(folder))).toEqual(["a", "b", "c"]);
  expect(await table.progress()).toEqual({ log: 3 });
  expect(await table.committedAt(0)).toBe(T0);
});

test("the log has the form of Delta's: protocol and schema first, then files with their times", async () => {
  const folder = temporaryFolder();
  await openTable(folder).append([row("a")], { expected: {}, next: { log: 1 } });
  const actions = readFileSync(join(folder, "_delta_log", "00000000000000000000.json"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(actions.map((action) => Object.keys(action)[0])).toEqual(["commitInfo", "protocol", "metaData", "txn", "add"]);
  expect(actions[0]).toMatchObject({ commitInfo: { timestamp: T0, operation: "WRITE" } });
  expect(actions[4]).toMatchObject({
    add: { partitionValues: { day: "2025-10-01" }, modificationTime: T0, dataChange: true, stats: '{"numRecords":1}' },
  });
});

test("a write from an outdated progress changes nothing and leaves no file", async () => {
  const folder = temporaryFolder();
  const table = openTable(folder);
  await table.append([row("a")], { expected: {}, next: { log: 1 } });
  const files = readdirSync(join(folder, "day=2025-10-01"));
  expect(await table.append([row("a")], { expected: {}, next: { log: 1 } })).toEqual({ kind: "superseded" });
  expect(await table.merge(sum([row("a")]), { expected: {}, next: { log: 1 } })).toEqual({ kind: "superseded" });
  expect(readdirSync(join(folder, "day=2025-10-01"))).toEqual(files);
  expect(await table.append([], { expected: { log: 1 }, next: { log: 1 } })).toEqual({ kind: "unchanged" });
  expect(await table.version()).toBe(0);
});

test("of writers at the same time with the same progress one wins; with their own progress all do", async () => {
  const folder = temporaryFolder();
  const rivals = await Promise.all(
    Array.from({ length: 6 }, (_, n) =>
      openTable(folder).append([row(`k${n}`)], { expected: {}, next: { log: n + 1 } }),
    ),
  );
  expect(rivals.map((result) => result.kind).toSorted()).toEqual([
    "committed",
    ...Array.from({ length: 5 }, () => "superseded"),
  ]);
  const friends = await Promise.all(
    Array.from({ length: 6 }, (_, n) =>
      openTable(folder).append([row(`f${n}`)], { expected: {}, next: { [`log${n}`]: 1 } }),
    ),
  );
  expect(friends.every((result) => result.kind === "committed")).toBe(true);
  expect(await openTable(folder).version()).toBe(6);
  expect(await keysOf(openTable(folder))).toHaveLength(7);
});

test("rows whose source breaks off are not committed, and leave no file", async () => {
  const folder = temporaryFolder();
  function* broken(): Generator<Row> {
    yield row("a");
    throw new Error("gone");
  }
  await expect(openTable(folder).append(broken(), { expected: {}, next: { log: 1 } })).rejects.toThrow("gone");
  expect(await openTable(folder).version()).toBe(-1);
  expect(readdirSync(join(folder, "day=2025-10-01"))).toEqual([]);
});

test("merging yields one row per key, whatever the batches: as a map would", async () => {
  const change = fc.record({
    key: fc.constantFrom("a", "b", "c", "d", "e", "f", "g"),
    n: fc.integer({ min: 0, max: 9 }),
    day: fc.constant("2025-10-01"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(change, { maxLength: 12 }), { maxLength: 4 }), async (batches) => {
      const folder = temporaryFolder();
      const table = openTable(folder);
      const expected = new Map<string, number>();
      for (const [index, batch] of batches.entries()) {
        for (const { key, n } of batch) expected.set(key, (expected.get(key) ?? 0) + n);
        const before = await table.progress();
        await table.merge(sum(batch), { expected: before, next: { input: index } });
      }
      const rows = await collect(table.read());
      expect(rows).toHaveLength(expected.size);
      expect(new Map(rows.map(({ key, n }) => [key, n]))).toEqual(expected);
      expect(readdirSync(folder).filter((name) => name.startsWith(".merge"))).toEqual([]);
      rmSync(folder, { recursive: true, force: true });
    }),
    { numRuns: 12 },
  );
});

test("appended rows are read by version, without those before", async () => {
  const table = openTable(temporaryFolder());
  for (const [index, key] of ["a", "b", "c"].entries())
    await table.append([row(key)], { expected: await table.progress(), next: { log: index } });
  expect((await collect(table.readAppended(0, 2))).map((found) => found.key)).toEqual(["b", "c"]);
  expect(await collect(table.readAppended(2, 2))).toEqual([]);
});

test("a long log is read from its checkpoint", async () => {
  const folder = temporaryFolder();
  const table = openTable(folder);
  for (let n = 0; n < 53; n += 1)
    await table.append([row(`k${n}`)], { expected: await table.progress(), next: { log: n } });
  for (let version = 0; version < 50; version += 1)
    rmSync(join(folder, "_delta_log", `${String(version).padStart(20, "0")}.json`));
  expect(await keysOf(openTable(folder))).toHaveLength(53);
  expect(await openTable(folder).progress()).toEqual({ log: 52 });
  rmSync(join(folder, "_delta_log", "00000000000000000051.json"));
  await expect(openTable(folder).progress()).rejects.toThrow("lacks version 51");
});

test("vacuum removes what no version uses and what is old, and nothing else", async () => {
  const folder = temporaryFolder();
  const table = openTable(folder, T0 + 200 * HOUR);
  await table.merge(sum([row("a")]), { expected: {}, next: { log: 1 } });
  const [old = ""] = readdirSync(folder).filter((name) => name.startsWith("part-"));
  await table.merge(sum([row("a")]), { expected: { log: 1 }, next: { log: 2 } });
  expect(await table.vacuum(168 * HOUR)).toEqual({ removedFiles: 0 });
  for (const name of readdirSync(folder)) utimesSync(join(folder, name), new Date(T0), new Date(T0));
  expect(await table.vacuum(168 * HOUR)).toEqual({ removedFiles: 1 });
  expect(existsSync(join(folder, old))).toBe(false);
  expect(await collect(table.read())).toEqual([row("a", 2)]);
});

test("vacuum removes what a writer left behind that was killed: rows, sorted changes, a commit without its name", async () => {
  const folder = temporaryFolder();
  const table = openTable(folder, T0 + 200 * HOUR);
  await table.append([row("a")], { expected: {}, next: { log: 1 } });
  const left = ["day=2025-10-01/part-dead.jsonl", ".merge-dead/07", ".merge-dead", "_delta_log/dead.pending"];
  mkdirSync(join(folder, ".merge-dead"));
  for (const name of left.filter((path) => path !== ".merge-dead")) writeFileSync(join(folder, name), "{}\n");
  expect(await table.vacuum(168 * HOUR)).toEqual({ removedFiles: 0 });
  for (const name of left) utimesSync(join(folder, name), new Date(T0), new Date(T0));
  expect(await table.vacuum(168 * HOUR)).toEqual({ removedFiles: 3 });
  expect(left.filter((name) => existsSync(join(folder, name)))).toEqual([]);
  expect(await collect(openTable(folder).read())).toEqual([row("a")]);
});

test("the newest data counts for freshness, not a commit that only tidied up", async () => {
  const folder = temporaryFolder();
  expect(await newestDataOf(folder, { ctx: fakeContext() })).toBeUndefined();
  await openTable(folder, T0).append([row("a")], { expected: {}, next: { log: 1 } });
  await openTable(folder, T0 + HOUR).append([], { expected: { log: 1 }, next: { log: 2 } });
  const commit = (name: string, ...lines: readonly object[]): void =>
    writeFileSync(
      join(folder, "_delta_log", `${name.padStart(20, "0")}.json`),
      lines.map((line) => JSON.stringify(line)).join("\n"),
    );
  commit(
    "2",
    { commitInfo: { timestamp: T0 + 2 * HOUR, operation: "OPTIMIZE" } },
    { add: { path: "x", modificationTime: T0 + 2 * HOUR, dataChange: false } },
  );
  expect(await newestDataOf(folder, { ctx: fakeContext() })).toBe(T0);
  commit(
    "3",
    { commitInfo: { timestamp: T0 + 3 * HOUR, operation: "WRITE" } },
    { add: { path: "y", dataChange: true } },
  );
  expect(await newestDataOf(folder, { ctx: fakeContext() })).toBe(T0 + 3 * HOUR);
});

test("a damaged commit is refused by name", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "_delta_log"));
  writeFileSync(join(folder, "_delta_log", "00000000000000000000.json"), '{"commitInfo":{"timest');
  await expect(openTable(folder).progress()).rejects.toThrow(LakeError);
  await expect(newestDataOf(folder, { ctx: fakeContext() })).rejects.toThrow("00000000000000000000.json");
});

test("a write that the operating system refuses names the table, and leaves nothing to read", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "day=2025-10-01"), "");
  const written = openTable(folder).append([row("a")], { expected: {}, next: { log: 1 } });
  await expect(written).rejects.toThrow(`the table at ${folder} cannot be written: E`);
  await expect(written).rejects.toBeInstanceOf(LakeError);
  expect(await openTable(folder).version()).toBe(-1);
});
