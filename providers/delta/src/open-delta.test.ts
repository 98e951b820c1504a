import { MillraceError } from "@millrace/core";
import { expect, test } from "vitest";
import { checkFreshness } from "./freshness/check-freshness.ts";
import type { Action } from "./log/actions.ts";
import { openDelta } from "./open-delta.ts";
import { added, committed, FIRST, linesOf, logOf } from "./testing/log-of.ts";

const MINUTE = 60_000;
const CHECKPOINT = "_delta_log/00000000000000000002.checkpoint.0a1b2c3d-0000-4000-8000-000000000000.json";
const removed = (path: string): Action => ({ remove: { path } });

const rowsOf = async (path: string, version?: number): Promise<number> => {
  await using table = await openDelta(path, version === undefined ? {} : { version });
  return await table.countRows();
};

test("files that were removed, or added again, count as the last word about them says", async () => {
  await using log = await logOf({
    0: [...FIRST, added("a", 1), added("b", 10)],
    1: [removed("a"), added("c", 100)],
    2: [added("a", 1_000)],
    3: [removed("b")],
  });
  expect([
    await rowsOf(log.path, 0),
    await rowsOf(log.path, 1),
    await rowsOf(log.path, 2),
    await rowsOf(log.path),
  ]).toEqual([11, 110, 1_110, 1_100]);
});

test("whatever was committed, reading backwards counts what replaying forwards does", async () => {
  let seed = 42;
  const random = (below: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
  for (let round = 0; round < 10; round += 1) {
    const files = new Map<string, number>();
    const commits: Record<number, Action[]> = { 0: [...FIRST] };
    const expected: number[] = [0];
    for (let version = 1; version < 12; version += 1) {
      const actions = new Map<string, Action>();
      for (let each = random(4); each >= 0; each -= 1) {
        const path = `file-${random(6)}`;
        if (actions.has(path)) continue;
        if (files.delete(path)) actions.set(path, removed(path));
        else {
          files.set(path, random(100));
          actions.set(path, added(path, files.get(path) ?? 0));
        }
      }
      commits[version] = [...actions.values()];
      expected.push([...files.values()].reduce((sum, rows) => sum + rows, 0));
    }
    await using log = await logOf(commits);
    for (const [version, rows] of expected.entries())
      expect([version, await rowsOf(log.path, version)]).toEqual([version, rows]);
  }
});

test("a checkpoint stands for the commits before it, which need not be there any more", async () => {
  const checkpoint = linesOf([...FIRST, added("a", 1), added("b", 10)]);
  const rest = { 3: [removed("a"), added("c", 100)] };
  for (const note of ['{"version":2}', '{"version":7}', "{", undefined]) {
    const noted: Record<string, string> = note === undefined ? {} : { "_delta_log/_last_checkpoint": note };
    await using log = await logOf(rest, { [CHECKPOINT]: checkpoint, ...noted });
    expect([await rowsOf(log.path), await rowsOf(log.path, 2)]).toEqual([110, 11]);
    await expect(openDelta(log.path, { version: 1 })).rejects.toMatchObject({ code: "NOT_FOUND" });
  }
});

test("a checkpoint of which a part is missing is none, and other files of the log are left alone", async () => {
  await using log = await logOf(
    { 0: [...FIRST, added("a", 1)], 1: [added("b", 2)] },
    {
      "_delta_log/00000000000000000001.checkpoint.0000000001.0000000002.parquet": "half of it",
      "_delta_log/00000000000000000000.00000000000000000001.compacted.json": "{}",
      "_delta_log/00000000000000000001.crc": "{}",
      "_delta_log/.00000000000000000002.json.tmp": "{}",
    },
  );
  expect(await rowsOf(log.path)).toBe(3);
});

test("rows that deletion vectors have deleted do not count, and the file with them is another one than without", async () => {
  const deletionVector = { storageType: "u", pathOrInlineDv: "vector", offset: 1, cardinality: 4 };
  const features = { minReaderVersion: 3, readerFeatures: ["deletionVectors"] };
  await using log = await logOf({
    0: [...FIRST, added("a", 10)],
    1: [{ protocol: features }, removed("a"), added("a", 10, { deletionVector })],
  });
  expect([await rowsOf(log.path, 0), await rowsOf(log.path)]).toEqual([10, 6]);
  await using table = await openDelta(log.path);
  await expect(Array.fromAsync(table.rows())).rejects.toThrow(/has deletion vectors/);
});

test("what this reader would misread is refused by name", async () => {
  const refused = async (actions: readonly Action[]): Promise<string> => {
    await using log = await logOf({ 0: [...FIRST, added("a", 1)], 1: actions });
    try {
      await using table = await openDelta(log.path);
      await Array.fromAsync(table.rows());
      return "read";
    } catch (error) {
      return error instanceof MillraceError ? `${error.code} ${error.message}` : String(error);
    }
  };
  expect(await refused([{ protocol: { minReaderVersion: 4 } }])).toMatch(/^BAD_ARGUMENT .*reader of version 4/);
  expect(await refused([{ protocol: { minReaderVersion: 3, readerFeatures: ["v2Checkpoint", "news"] } }])).toMatch(
    /knows news/,
  );
  const metaData = FIRST[1]?.metaData;
  if (!metaData) throw new Error("the first commit says what the table is");
  const mapped = { ...metaData, configuration: { "delta.columnMapping.mode": "name" } };
  expect(await refused([{ protocol: { minReaderVersion: 2 } }, { metaData: mapped }])).toMatch(
    /column mapping by name/,
  );
  expect(await refused([removed("a"), added("s3://elsewhere/a", 1)])).toMatch(/shallow clone/);
});

test("a folder without a log, a log with a gap, and a line that is no JSON are told apart", async () => {
  await using empty = await logOf({});
  await expect(openDelta(empty.path)).rejects.toMatchObject({
    code: "NOT_FOUND",
    message: expect.stringMatching(/no Delta table/),
  });
  await using gap = await logOf({ 0: FIRST, 2: [added("a", 1)] });
  await expect(openDelta(gap.path)).rejects.toThrow(/version 1 is missing/);
  await using broken = await logOf({ 0: FIRST }, { "_delta_log/00000000000000000001.json": '{"add":' });
  await expect(openDelta(broken.path)).rejects.toThrow(/00001.json is no Delta log: line 1 is not JSON/);
  await expect(openDelta("hdfs://host/table")).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
});

test("freshness counts commits that brought rows, up to the limit and not beyond", async () => {
  await using log = await logOf({
    0: [...FIRST, committed("CREATE TABLE", 0)],
    1: [committed("WRITE", 10 * MINUTE), added("a", 1)],
    2: [committed("OPTIMIZE", 20 * MINUTE), removed("a"), added("b", 1, { dataChange: false })],
    3: [committed("DELETE", 30 * MINUTE), removed("b"), added("c", 1)],
    4: [committed("VACUUM END", 40 * MINUTE)],
  });
  await using table = await openDelta(log.path);
  const at = (minute: number): string => new Date(minute * MINUTE).toISOString();
  expect(await checkFreshness(table, { maxAge: "30m", now: at(40) })).toMatchObject({
    version: 1,
    committedAt: "1970-01-01T00:10:00+00:00",
    ageMinutes: 30,
    exact: true,
  });
  await expect(checkFreshness(table, { maxAge: "30m", now: at(41) })).rejects.toThrow(
    /version 1 brought the newest data 1970-01-01T00:10:00\+00:00, 31 minutes before 1970-01-01T00:41:00\+00:00, and 30 are allowed/,
  );
  await using before = await openDelta(log.path, { version: 0 });
  await expect(checkFreshness(before, { maxAge: "1h", now: at(1) })).rejects.toThrow(/has no data yet: no commit/);
});

test("where only maintenance is left in the log, the data are at most as young as what came before", async () => {
  const file = added("a", 1, { modificationTime: 50 * MINUTE });
  await using log = await logOf(
    { 3: [committed("VACUUM END", 20 * MINUTE)] },
    { [CHECKPOINT]: linesOf([...FIRST, file]) },
  );
  await using table = await openDelta(log.path);
  expect(await table.newestData()).toEqual({ version: 2, committedAt: "1970-01-01T00:20:00+00:00", exact: false });
});

test("the largest value of a column comes from statistics, and a file without any is named", async () => {
  const stats = (at: string | null): string =>
    JSON.stringify({ numRecords: 2, maxValues: at === null ? {} : { at }, nullCount: { at: at === null ? 2 : 0 } });
  await using log = await logOf({
    0: [
      ...FIRST,
      added("a", 2, { stats: stats("2025-10-01T02:00:00.000+02:00") }),
      added("b", 2, { stats: stats(null) }),
    ],
    1: [added("c", 2, { stats: stats("2025-09-30T23:59:59.999Z") })],
  });
  await using table = await openDelta(log.path);
  expect(await table.newestValue("at")).toBe("2025-10-01T00:00:00+00:00");
  await expect(table.newestValue("nothing")).rejects.toThrow(/no column nothing/);
});
