// delta-rs is the judge: it writes the tables that are read here, and reads what is appended and merged here.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret, type Connection } from "millrace";
import { testOperator } from "millrace/testing";
import {
  deltaAppend,
  deltaFreshness,
  deltaHistory,
  deltaMerge,
  deltaRead,
  deltaRows,
  openDelta,
  writeDelta,
  type DeltaCommit,
  type DeltaRow,
} from "@millrace/provider-delta";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deltaPython, runDelta } from "../../servers/delta-python.ts";
import { startS3rver, type S3Server } from "../../servers/s3.ts";

/** A table with partitions, all kinds of columns, twelve appends, a checkpoint, and then a merge, a deletion and maintenance. Prints what it is in each version. */
const MAKE_TABLE = `
import datetime as d, json, sys
from decimal import Decimal
import pyarrow as pa
from deltalake import DeltaTable, write_deltalake
plan = json.loads(sys.argv[1]); uri, options = plan["uri"], plan["options"]
schema = pa.schema([("id", pa.int64()), ("name", pa.string()), ("at", pa.timestamp("us", "UTC")), ("wall", pa.timestamp("us")), ("day", pa.date32()),
  ("amount", pa.decimal128(20, 2)), ("ratio", pa.float64()), ("fine", pa.bool_()), ("small", pa.int32()), ("tags", pa.list_(pa.string())), ("labels", pa.map_(pa.string(), pa.string())),
  ("inner", pa.struct([("a", pa.int64()), ("b", pa.string())]))])
def row(n):
    wall = d.datetime(2025, 10, 1, n % 24, 0, 0, 123456)
    return dict(id=n if n % 5 else 2**60 + n, name=None if n % 7 == 0 else f"name {n} ü/=", at=wall.replace(tzinfo=d.timezone.utc), wall=wall, day=d.date(2025, 10, 1 + n % 3),
      amount=Decimal(n * 12345678901234567).scaleb(-2) * (-1 if n % 2 else 1), ratio=n / 3, fine=n % 2 == 0, small=-n, tags=["a", None, str(n)], labels=[("k", str(n))], inner=dict(a=n, b=None))
def table(numbers): return pa.Table.from_pylist([row(n) for n in numbers], schema=schema)
for n in range(12):
    write_deltalake(uri, table(range(n * 4, n * 4 + 4)), mode="append", partition_by=["day"], storage_options=options)
DeltaTable(uri, storage_options=options).create_checkpoint()
t = DeltaTable(uri, storage_options=options)
changed = table(range(0, 8)).set_column(1, "name", pa.array(["changed"] * 8))
t.merge(changed, predicate="t.id = s.id", source_alias="s", target_alias="t").when_matched_update_all().when_not_matched_insert_all().execute()
t.delete("small = -9")
t.optimize.compact()
t.vacuum(0, dry_run=False, enforce_retention_duration=False)
def text(value):
    if isinstance(value, d.datetime): return value.strftime("%Y-%m-%dT%H:%M:%S.%f") + ("Z" if value.tzinfo else "")
    if isinstance(value, (d.date, Decimal)): return str(value)
    if isinstance(value, list): return dict(value) if value and isinstance(value[0], tuple) else [text(each) for each in value]
    return {k: text(v) for k, v in value.items()} if isinstance(value, dict) else value
def look(version=None):
    t = DeltaTable(uri, version=version, storage_options=options)
    rows = [] if version is not None else [{k: text(v) for k, v in r.items()} for r in t.to_pyarrow_table().to_pylist()]
    return dict(version=t.version(), rows=rows, files=len(t.file_uris()))
t = DeltaTable(uri, storage_options=options)
print(json.dumps(dict(now=look(), versions=[look(v) for v in range(t.version() + 1)],
  history=[dict(version=h["version"], operation=h["operation"], at=h["timestamp"]) for h in t.history()])))
`;

const READ_TABLE = `
import json, sys
from deltalake import DeltaTable
plan = json.loads(sys.argv[1]); t = DeltaTable(plan["uri"], storage_options=plan["options"])
print(json.dumps(dict(version=t.version(), rows=sorted(t.to_pyarrow_table().to_pylist(), key=lambda r: r["domain"]), partitions=t.metadata().partition_columns), default=str))
`;

interface Made {
  readonly now: { readonly version: number; readonly rows: readonly DeltaRow[] };
  readonly versions: readonly { readonly version: number; readonly files: number }[];
  readonly history: readonly { readonly version: number; readonly operation: string; readonly at: number }[];
}

interface Place {
  /** For ours. */
  readonly path: (name: string) => string;
  readonly connection?: Connection;
  /** For delta-rs. */
  readonly uri: (name: string) => string;
  readonly options: Readonly<Record<string, string>>;
}

let folder: string;
let store: S3Server;
let python: string;
const places: Record<string, Place> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-delta-"));
  [store, python] = await Promise.all([startS3rver(), deltaPython()]);
  places["a folder"] = { path: (name) => join(folder, name), uri: (name) => join(folder, name), options: {} };
  places["S3"] = {
    path: (name) => `s3a://${store.bucket}/${name}`,
    uri: (name) => `s3://${store.bucket}/${name}`,
    connection: {
      id: "lake",
      type: "aws",
      login: store.accessKeyId,
      password: new Secret(store.secretAccessKey),
      extra: { endpoint_url: store.endpoint },
    },
    options: {
      AWS_ENDPOINT_URL: store.endpoint,
      AWS_ACCESS_KEY_ID: store.accessKeyId,
      AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
      AWS_REGION: "us-east-1",
      AWS_ALLOW_HTTP: "true",
      AWS_S3_ALLOW_UNSAFE_RENAME: "true",
    },
  };
  // The first time on a machine PyPI brings delta-rs.
}, 300_000);
afterAll(async () => {
  await store?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const byId = (rows: Iterable<DeltaRow>): readonly string[] =>
  [...rows]
    .map((row) => JSON.stringify(row, (_key, value: unknown) => (typeof value === "bigint" ? Number(value) : value)))
    .sort();

describe.each(["a folder", "S3"])("a table in %s", (name) => {
  let made: Made;
  let place: Place;
  let table: { readonly path: string; readonly connection?: Connection };

  beforeAll(async () => {
    place = places[name];
    table = { path: place.path("table"), ...(place.connection && { connection: place.connection }) };
    made = (await runDelta(MAKE_TABLE, { uri: place.uri("table"), options: place.options })) as Made;
  }, 120_000);

  test("is read row for row as delta-rs reads it, with all kinds of columns", async () => {
    await using opened = await openDelta(table.path, table);
    expect(opened.version).toBe(made.now.version);
    const rows = await Array.fromAsync(opened.rows());
    expect(rows).toHaveLength(47);
    expect(byId(rows)).toEqual(byId(made.now.rows));
    const some = await Array.fromAsync(opened.rows({ columns: ["day", "small"], limit: 3 }));
    expect(some.map((row) => Object.keys(row))).toEqual([1, 2, 3].map(() => ["day", "small"]));
    await expect(Array.fromAsync(opened.rows({ columns: ["nothing"] }))).rejects.toThrow(
      /no column nothing, it has id, name/,
    );
  });

  test("has each version, with its count of rows", async () => {
    for (const { version } of made.versions.filter((each) => each.version < 12)) {
      await using opened = await openDelta(table.path, { ...table, version });
      expect([version, await opened.countRows()]).toEqual([version, (version + 1) * 4]);
    }
    expect((await testOperator(deltaRows(table))).result).toEqual({ version: made.now.version, rows: 47 });
    await expect(openDelta(table.path, { ...table, version: 99 })).rejects.toThrow(/no version 99, the newest is/);
  });

  test("has the history that delta-rs tells, and maintenance and deletions bring no data", async () => {
    const { result } = await testOperator(deltaHistory({ ...table, limit: 100 }));
    const commits = result as readonly DeltaCommit[];
    expect(
      commits.map(({ version, operation, committedAt }) => ({ version, operation, at: Date.parse(committedAt) })),
    ).toEqual(made.history);
    expect(commits.filter(({ broughtData }) => broughtData).map(({ operation }) => operation)).toEqual([
      "MERGE",
      ...Array.from({ length: 12 }, () => "WRITE"),
    ]);
  });

  test("is fresh by the commit of the merge, and not by the maintenance after it", async () => {
    const merged = made.history.find(({ operation }) => operation === "MERGE");
    const fresh = await testOperator(deltaFreshness({ ...table, maxAge: "1h" }), {
      now: new Date().toISOString(),
    });
    const { version, committedAt } = fresh.result as { version: number; committedAt: string };
    expect({ version, at: Date.parse(committedAt) }).toEqual({ version: merged?.version, at: merged?.at });
    const stale = await testOperator(deltaFreshness({ ...table, maxAge: "2h", column: "at" }));
    expect(stale).toMatchObject({ state: "failed", code: "TASK_FAILED" });
    expect(stale.reason).toMatch(
      /the newest at is 2025-10-01T23:00:00.123000\+00:00, [\d.]+ minutes before .* and 120 are allowed/,
    );
    await using opened = await openDelta(table.path, table);
    expect(await opened.newestValue("day")).toBe("2025-10-03T00:00:00+00:00");
  });

  test("gets rows once however often a task is tried, and delta-rs reads them", async () => {
    const target = {
      ...table,
      path: place.path("added"),
      python,
      storageOptions: { AWS_S3_ALLOW_UNSAFE_RENAME: "true" },
    };
    const file = join(folder, `${name.replace(" ", "-")}.jsonl`);
    const lines = Array.from({ length: 25_000 }, (_, n) => ({
      domain: `d${String(n).padStart(5, "0")}.example`,
      seen: n,
      on: "2025-10-01",
    }));
    await writeFile(file, lines.map((line) => JSON.stringify(line)).join("\n"));
    const create = { columns: { domain: "string", seen: "long", on: "date" }, partitionBy: ["on"] };
    const append = deltaAppend({ ...target, file, create });
    expect(await testOperator(append)).toMatchObject({ state: "success", result: { skipped: false, rows: 25_000 } });
    expect(await testOperator(append)).toMatchObject({ state: "success", result: { skipped: true, rows: 0 } });
    const rows = [
      { domain: "d00000.example", seen: 7, on: "2025-10-01" },
      { domain: "z.example", seen: 1, on: "2025-10-02" },
    ];
    const merge = deltaMerge({ ...target, rows, on: ["domain"], transaction: { appId: "merge", version: 1 } });
    expect(await testOperator(merge)).toMatchObject({ state: "success", result: { inserted: 1, updated: 1, rows: 2 } });
    expect(await testOperator(merge)).toMatchObject({ state: "success", result: { skipped: true } });
    const seen = (await runDelta(READ_TABLE, { uri: place.uri("added"), options: place.options })) as {
      readonly rows: readonly DeltaRow[];
      readonly partitions: readonly string[];
    };
    expect(seen.partitions).toEqual(["on"]);
    expect(seen.rows).toHaveLength(25_001);
    expect([seen.rows[0], seen.rows[1], seen.rows.at(-1)]).toEqual([rows[0], lines[1], rows[1]]);
    const { python: _python, storageOptions: _options, ...source } = target;
    const read = await testOperator(deltaRead({ ...source, columns: ["domain"], file: `${file}.out` }));
    expect(read).toMatchObject({ state: "success", result: { count: 25_001 } });
    expect((await readFile(`${file}.out`, "utf8")).trim().split("\n")).toHaveLength(25_001);
  });

  test("stays as it was when a row does not fit, and the row is named", async () => {
    const target = {
      ...table,
      path: place.path("added"),
      python,
      storageOptions: { AWS_S3_ALLOW_UNSAFE_RENAME: "true" },
    };
    const before = await testOperator(deltaRows({ ...table, path: target.path }));
    const transaction = { appId: "bad", version: 1 };
    const bad = await testOperator(
      deltaAppend({ ...target, transaction, rows: [{ domain: "a" }, { domain: "b", seen: "many" }] }),
    );
    expect(bad).toMatchObject({ state: "failed" });
    expect(bad.reason).toMatch(/nothing was written to .*: row 2: its seen does not fit/);
    const unknown = await testOperator(deltaAppend({ ...target, transaction, rows: [{ domain: "a", color: "red" }] }));
    expect(unknown.reason).toMatch(/row 1: the table has no column color/);
    const none = await testOperator(deltaAppend({ ...target, path: place.path("none"), rows: [{ domain: "a" }] }));
    expect(none.reason).toMatch(/there is no Delta table at .*none: create it/);
    expect((await testOperator(deltaRows({ ...table, path: target.path }))).result).toEqual(before.result);
  });
});

test("of tries that write the same at the same time, one does", async () => {
  const path = join(folder, "raced");
  const write = (appId: string, rows: readonly DeltaRow[]): ReturnType<typeof writeDelta> =>
    writeDelta({
      path,
      connection: undefined,
      python,
      rows,
      create: { columns: { n: "long" } },
      transaction: { appId, version: 1 },
    });
  await write("first", []);
  const rows = Array.from({ length: 2_000 }, (_, n) => ({ n }));
  const written = await Promise.all([1, 2, 3].map(async () => await write("second", rows)));
  expect(written.filter(({ skipped }) => !skipped)).toHaveLength(1);
  await using table = await openDelta(path);
  expect(await table.countRows()).toBe(2_000);
});

test("what is missing for writing is named", async () => {
  const [path, rows] = [join(folder, "never"), [{ a: 1 }]];
  const noPython = await testOperator(deltaAppend({ path, rows, python: "no-such-python" }));
  expect(noPython.reason).toMatch(
    /no-such-python cannot be started: install Python .* `pip install deltalake pyarrow`/,
  );
  const bare = await testOperator(deltaAppend({ path, rows, python: "python3", storageOptions: {} }));
  expect(bare.reason).toMatch(/run `python3 -m pip install deltalake pyarrow`|there is no Delta table/);
});
