import { mkdtemp, readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { KEEP_ALL, type RetentionPolicy } from "@millrace/core";
import { ArchiveFolder, createFolderBlobStore, Retention } from "@millrace/engine";
import { openPool, type DatabasePool } from "@millrace/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "@millrace/store/testing";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";

const DAGS = `
import { dag } from "millrace";
export const kept = dag("kept", ({ task }) => { task("say", (_, { log }) => { log.info("x".repeat(5000)); return "y".repeat(20000); }); });
export const short = dag("short", { retention: { runs: "1h", logs: "1m" } }, ({ task }) => {
  task("say", (_, { log }) => { log.info("x".repeat(5000)); return "y".repeat(20000); });
});
`;

let database: TestDatabase;
let dataFolder: string;
let engine: EngineHarness;
let sql: DatabasePool;
beforeAll(async () => {
  database = await testDatabase();
  dataFolder = await mkdtemp(join(tmpdir(), "millrace-retention-"));
  engine = await startEngine({ url: database.url, dataFolder });
  await engine.deploy(DAGS);
  sql = await openPool({ url: database.url, max: 2 });
});
afterAll(async () => {
  await sql.close();
  await engine.stop();
  await database.drop();
  await rm(dataFolder, { recursive: true, force: true });
});

const HOUR = 3_600_000_000;

interface Wanted {
  readonly policy?: Partial<RetentionPolicy>;
  readonly archive?: boolean;
  readonly auditMicros?: number;
}

function retention(options: Wanted = {}): Retention {
  return new Retention({
    store: engine.store.retention,
    blobs: createFolderBlobStore(join(dataFolder, "blobs")),
    dataFolder,
    policy: { ...KEEP_ALL, ...options.policy },
    webhookDeliveriesMicros: null,
    auditMicros: options.auditMicros ?? null,
    archive: options.archive ?? false,
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    schedulerId: () => engine.scheduler.schedulerId,
  });
}

async function runs(dagId: string, count: number): Promise<number[]> {
  const ids: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const { runId } = await engine.trigger(dagId);
    expect(await engine.ended(runId)).toBe("success");
    ids.push(runId);
  }
  return ids;
}

async function runsOf(dagId: string): Promise<number[]> {
  const { rows } = await sql.query<{ run_id: number }>(
    "select run_id from millrace.dag_run where dag_id = $1 order by 1",
    [dagId],
  );
  return rows.map((row) => row.run_id);
}

test("a DAG's own limit holds, its runs' large results go with them, and other DAGs keep theirs", async () => {
  const kept = await runs("kept", 2);
  const short = await runs("short", 3);
  await sql.query("update millrace.dag_run set ended_at = now() - interval '3 hours'");
  await retention().round();
  expect(await runsOf("kept")).toEqual(kept);
  // The newest stays.
  expect(await runsOf("short")).toEqual([short[2]]);
  const withBlobs = await readdir(join(dataFolder, "blobs", "runs"));
  expect(withBlobs.map(Number).toSorted((a, b) => a - b)).toEqual([...kept, short[2]]);
  const { rows } = await sql.query<{ n: number }>(
    "select count(*)::integer as n from millrace.task_instance where run_id = any ($1)",
    [short],
  );
  expect(rows).toEqual([{ n: 1 }]);
});

test("a round removes what is too old of the audit, however much, and nothing of it without a limit", async () => {
  await sql.query(
    "insert into millrace.audit_entry (at, event, by, from_address) select now() - i * interval '1 hour', 'old', 'user:ada', 'here' from generate_series(1, 10100) i",
  );
  const left = async (): Promise<number> =>
    (await sql.query("select from millrace.audit_entry where event = 'old'")).rowCount ?? 0;
  await retention().round();
  expect(await left()).toBe(10_100);
  await retention({ auditMicros: 50.5 * HOUR }).round();
  expect(await left()).toBe(50);
});

test("log segments go when no kept try refers to them, and nothing that runs may have written them", async () => {
  const folder = join(dataFolder, "logs", "test-host");
  const host = (await readdir(join(dataFolder, "logs"))).includes("test-host")
    ? folder
    : join(dataFolder, "logs", hostname());
  const [segment] = await readdir(host);
  const age = async (days: number): Promise<void> => {
    const at = (await stat(join(host, segment))).mtimeMs / 1_000 - days * 86_400;
    await utimes(join(host, segment), at, at);
  };
  await retention().round();
  expect(await readdir(host)).toContain(segment);
  await age(3);
  await retention({ policy: { logsMicros: 1_000_000 } }).round();
  expect(await readdir(host)).not.toContain(segment);
  // The worker had it open, for its next try: that one begins another.
  const [runId] = await runs("kept", 1);
  const lines = await sql.query<{ segment: string }>(
    "select log::json -> 0 ->> 'segment' as segment from millrace.task_instance where run_id = $1",
    [runId],
  );
  expect(await readdir(host)).toContain(lines.rows[0].segment);
});

test("what goes is archived first, whole and readable", async () => {
  const ids = await runs("kept", 2);
  await sql.query("update millrace.dag_run set ended_at = now() - interval '3 hours'");
  const before = (await runsOf("kept")).slice(0, -1);
  expect(before).toContain(ids[0]);
  await retention({ policy: { maxRuns: 1 }, archive: true }).round();
  const [archive, ...more] = await readdir(join(dataFolder, "archives"));
  expect(more).toEqual([]);
  const folder = join(dataFolder, "archives", archive);
  const manifest = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8")) as Record<string, unknown>;
  expect(manifest).toMatchObject({ format: "millrace-archive", runIds: before, dagIds: ["kept"] });
  const rows = gunzipSync(await readFile(join(folder, "task_instance.jsonl.gz")))
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(rows.map((row) => [row["run_id"], row["task_id"], row["state"]]).toSorted()).toEqual(
    before.map((id) => [id, "say", "success"]),
  );
});

test("what a process that died has left is finished by the next round", async () => {
  await runs("kept", 3);
  await sql.query("update millrace.dag_run set ended_at = now() - interval '3 hours'");
  const [first, second] = await runsOf("kept");
  const limits = [{ dagId: "kept", ageMicros: 3_600_000_000, maxRuns: null }];
  const archives = new ArchiveFolder({ store: engine.store.retention, dataFolder });
  const before = new Set(await readdir(join(dataFolder, "archives")));
  const [one, two] = await engine.store.retention.findExpired(limits, 2);
  expect([one.runId, two.runId]).toEqual([first, second]);
  // Died after the removal; and, with another run, before it.
  await archives.write([one]);
  expect(await engine.store.retention.removeRuns([one])).toEqual(new Set([first]));
  await archives.write([two]);
  await retention().round();
  const made = (await readdir(join(dataFolder, "archives"))).filter((name) => !before.has(name));
  expect(made).toEqual([expect.stringMatching(new RegExp(`^runs-${first}-${first}-\\w+$`))]);
  expect(await runsOf("kept")).toContain(second);
  expect(await readdir(join(dataFolder, "blobs", "runs"))).not.toContain(String(first));
  const rows = await sql.query("select from millrace.task_instance where run_id = $1", [first]);
  expect(rows.rowCount).toBe(0);
});
