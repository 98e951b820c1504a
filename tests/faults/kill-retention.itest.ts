// Kill -9 in the middle of retention, again and again: what was begun is finished, nothing goes twice, and nothing goes that is kept.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPool, openStore, type DatabasePool } from "@millrace/store";
import { testDatabase, type TestDatabase } from "@millrace/store/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compileDags } from "../harness/compile-dags.ts";

const RUNS = 4_000;
const KEPT = 100;
const LIMIT_MS = 60_000;
const DAG = `
import { dag } from "millrace";
export const many = dag("many", ({ task }) => { task("one", () => 1); });
`;

let database: TestDatabase;
let dataFolder: string;
let pool: DatabasePool;

// For each attempt: the one before may have removed half of it.
beforeEach(async () => {
  database = await testDatabase();
  dataFolder = await mkdtemp(join(tmpdir(), "millrace-kill-retention-"));
  const store = await openStore({ url: database.url });
  await store.engine.saveFiles([compileDags(DAG, "many.dag.ts")], { complete: true, pausedUponCreation: false });
  await store.close();
  pool = await openPool({ url: database.url, max: 2 });
  const range = `generate_series(1, ${RUNS}) i`;
  await pool.query(`insert into millrace.dag_run (run_id, dag_id, run_key, run_type, state, dag_version, logical_date, interval_start, interval_end, run_after, triggered_by, queued_at, ended_at)
    select i, 'many', 'run-' || i, 'manual', 'success', 1, millrace.instant(i::bigint * 1000000), now(), now(), now(), 'u', now(), now() - interval '1 day' from ${range}`);
  await pool.query(
    `insert into millrace.run_change (run_id, version, at, by, changes, counts) select i, v, now(), 1, '{}', '' from ${range}, generate_series(1, 10) v`,
  );
  await pool.query(
    `insert into millrace.task_instance (run_id, task_id, map_index, state, try_number, max_tries) select i, 'task-' || t, -1, 'success', 1, 1 from ${range}, generate_series(1, 10) t`,
  );
  for (let run = 1; run <= RUNS; run += 10) {
    await mkdir(join(dataFolder, "blobs/runs", String(run)), { recursive: true });
    await writeFile(join(dataFolder, "blobs/runs", String(run), "a.json"), "{}");
  }
});
afterEach(async () => {
  await pool.close();
  await database.drop();
  await rm(dataFolder, { recursive: true, force: true });
});

/** A round in a process of its own, which is killed as soon as `dies` says so. @returns whether it was. */
async function round(dies: () => Promise<boolean>): Promise<boolean> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "support-retention-child.ts"), database.url, dataFolder, "1"],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  const ended = once(child, "exit");
  let isOver = false;
  void ended.then(() => (isOver = true));
  const begun = performance.now();
  while (!isOver) {
    await new Promise(setImmediate);
    const isLate = performance.now() - begun > LIMIT_MS;
    if (isOver || !(isLate || (await dies()))) continue;
    child.kill("SIGKILL");
    if (isLate) throw new Error("a round of retention has neither ended nor died in a minute");
    break;
  }
  await ended;
  return child.signalCode === "SIGKILL";
}

async function count(table: string, where = "true"): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(`select count(*) as n from millrace.${table} where ${where}`);
  return rows[0].n;
}

async function drafts(): Promise<readonly string[]> {
  const names = await readdir(join(dataFolder, "archives")).catch(() => []);
  return names.filter((name) => name.endsWith(".draft"));
}

test("each removed run is in one archive, and nothing of it is left; kept ones are whole", async () => {
  // In the middle of an archive; after a removal, before its archive is finished or just after; while what is left is cleared away.
  expect(await round(async () => (await drafts()).length > 0)).toBe(true);
  for (const most of [RUNS - 400, RUNS - 1_500, RUNS - 2_900])
    expect(await round(async () => (await count("dag_run")) <= most)).toBe(true);
  // Rows of a partition that is in use go at once.
  expect(await round(async () => (await count("run_removal", "rows_gone")) >= 500)).toBe(true);
  expect(await round(async () => (await count("run_removal", "blobs_gone")) >= 500)).toBe(true);
  expect(await round(() => Promise.resolve(false))).toBe(false);
  expect(await count("dag_run")).toBe(KEPT);
  expect(await count("task_instance")).toBe(KEPT * 10);
  expect(await count("run_change")).toBe(KEPT * 10 + (RUNS - KEPT));
  expect(await count("run_removal", "rows_gone and blobs_gone")).toBe(RUNS - KEPT);
  const archived: number[] = [];
  for (const name of await readdir(join(dataFolder, "archives"))) {
    const text = await readFile(join(dataFolder, "archives", name, "manifest.json"), "utf8");
    archived.push(...(JSON.parse(text) as { readonly runIds: readonly number[] }).runIds);
  }
  expect(archived.toSorted((a, b) => a - b)).toEqual(Array.from({ length: RUNS - KEPT }, (_, index) => index + 1));
  const blobs = (await readdir(join(dataFolder, "blobs/runs"))).map(Number);
  expect(blobs.toSorted((a, b) => a - b)).toEqual([
    3_901, 3_911, 3_921, 3_931, 3_941, 3_951, 3_961, 3_971, 3_981, 3_991,
  ]);
  expect(await drafts()).toEqual([]);
});
