// R2, R3, R5, R6. Two schedulers on one database, each as a whole engine with workers of its own.
import { openPool, type DatabasePool } from "@millrace/store";
import { testDatabase } from "@millrace/store/testing";
import { expect, test } from "vitest";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";
import { countEnded, countedTwice, occupancyOverTime, readFinalRuns, triesWithoutCause } from "./support-rows.ts";

const DAGS = 10;
const DAYS = 100;
const FIRST_DAY = "2024-01-01";

/** Calls `made` for each. */
const exportedDags = (count: number): string =>
  Array.from({ length: count }, (_, i) => `export const x${i} = made(${i});`).join("\n");

/** Ten DAGs that have a hundred days to catch up with, 1 000 runs in all. */
const CATCHING_UP = `
import { setTimeout as sleep } from "node:timers/promises";
import { cron, dag } from "millrace";
const day = 24 * 3600 * 1000;
const first = Date.parse("${FIRST_DAY}T00:00:00Z");
const made = (i) => dag("d" + i, {
  schedule: cron("@daily"), catchup: true, start: new Date(first).toISOString(), end: new Date(first + ${DAYS - 1} * day).toISOString(), maxActiveRuns: 2,
}, ({ task }) => {
  const a = task("a", () => sleep(40, 1));
  task("b", { input: { a } }, ({ a }) => sleep(40, a + 1));
});
${exportedDags(DAGS)}
`;

test("two schedulers race over 1 000 due runs: each run is made once, each result counts once, whoever else believes to own it", async () => {
  await using database = await testDatabase();
  await using first = await startEngine({ url: database.url, host: "first" });
  await using second = await startEngine({ url: database.url, host: "second" });
  await using pool = await openPool({ url: database.url, max: 2 });
  await first.deploy(CATCHING_UP);
  second.scheduler.dagsChanged();
  for (let ended = 80; ended < 900; ended += 80) {
    await expect.poll(() => countEnded(pool), { timeout: 60_000, interval: 20 }).toBeGreaterThanOrEqual(ended);
    if (ended === 80) await depose(first, "first");
    else if (ended === 480) await depose(first, "second");
    else await usurp(pool, first, second);
  }
  await expect.poll(() => countEnded(pool), { timeout: 60_000, interval: 200 }).toBe(DAGS * DAYS);
  expect(await logicalDates(pool)).toEqual(expectedDates());
  const runs = await readFinalRuns(pool);
  expect(runs.filter(({ instances: { a, b } }) => a[0] !== "success" || b[0] !== "success" || b[1] !== "2")).toEqual(
    [],
  );
  expect(await countedTwice(pool)).toEqual([]);
  expect(await triesWithoutCause(pool)).toEqual([]);
  // Both had a part in it, under each of their ids.
  expect(await writers(pool)).toBeGreaterThanOrEqual(3);
  expect(await openDispatches(pool)).toBe(0);
}, 240_000);

const NARROW = `
import { setTimeout as sleep } from "node:timers/promises";
import { dag } from "millrace";
const made = (i) => dag("n" + i, { maxActiveRuns: 4, maxActiveTasks: 100 }, ({ task }) => {
  for (let t = 0; t < 6; t += 1) task("one" + t, { pool: "narrow" }, () => sleep(5 + ((i + t) % 4) * 10));
  task("two", { pool: "narrow", poolSlots: 2 }, () => sleep(15));
  task("free", () => 1);
});
${exportedDags(6)}
`;

test("two schedulers and one pool of 3 slots: never more than 3, also while one comes and goes", async () => {
  await using database = await testDatabase();
  await using pool = await openPool({ url: database.url, max: 2 });
  await using first = await startEngine({ url: database.url, host: "first" });
  await first.store.queries.setPool({
    pool: "narrow",
    slots: 3,
    description: "",
    includeDeferred: false,
    order: "fair",
  });
  let second = await startEngine({ url: database.url, host: "second" });
  try {
    await first.deploy(NARROW);
    await expect.poll(() => shares(first, second), { timeout: 20_000 }).toEqual([3, 3]);
    const triggered = Array.from({ length: 18 }, (_, i) => first.trigger(`n${i % 6}`));
    await Promise.all(triggered);
    await expect.poll(() => countEnded(pool), { timeout: 60_000 }).toBeGreaterThanOrEqual(6);
    // A clean end in the middle of running tries, and a newcomer.
    await second.stop();
    second = await startEngine({ url: database.url, host: "second" });
    await Promise.all(Array.from({ length: 6 }, (_, i) => first.trigger(`n${i}`)));
    await expect.poll(() => countEnded(pool), { timeout: 60_000 }).toBe(24);
  } finally {
    await second.stop();
  }
  const slots = (taskId: string): number => (taskId === "two" ? 2 : taskId === "free" ? 0 : 1);
  const { most, moves } = await occupancyOverTime(pool, slots);
  expect(most).toBe(3);
  expect(moves).toBeGreaterThanOrEqual(2 * 24 * 7);
  expect(new Set((await readFinalRuns(pool)).map(({ state }) => state))).toEqual(new Set(["success"]));
  expect(await triesWithoutCause(pool)).toEqual([]);
  expect(await writers(pool)).toBeGreaterThanOrEqual(2);
});

test("slots that an owner has free go to the one who wants them, within its grant", async () => {
  await using database = await testDatabase();
  await using first = await startEngine({ url: database.url, host: "first" });
  await using _second = await startEngine({ url: database.url, host: "second" });
  await using pool = await openPool({ url: database.url, max: 2 });
  await first.store.queries.setPool({
    pool: "narrow",
    slots: 3,
    description: "",
    includeDeferred: false,
    order: "fair",
  });
  await first.deploy(NARROW);
  // Only DAGs of one owner have work: it comes to have the whole pool.
  const { runId } = await first.trigger("n0");
  await expect.poll(() => countEnded(pool), { timeout: 60_000 }).toBe(1);
  const { most } = await occupancyOverTime(pool, (taskId) => (taskId === "two" ? 2 : taskId === "free" ? 0 : 1));
  expect(most).toBe(3);
  expect((await first.store.engine.loadRun(runId))?.run.state).toBe("success");
});

function shares(...engines: readonly EngineHarness[]): readonly number[] {
  return engines.map(({ scheduler }) => scheduler.ownedDagIds.length);
}

/** Judges a scheduler dead while it is well and in the middle of its work. It comes back under another id. */
async function depose({ store }: EngineHarness, host: string): Promise<void> {
  await expect.poll(() => store.engine.schedulersOfHost(host), { timeout: 20_000 }).toHaveLength(1);
  await store.engine.endScheduler((await store.engine.schedulersOfHost(host))[0].schedulerId);
}

/** Swaps the owners of all DAGs behind their backs: for a moment both drive the same runs, and only the rows can tell who is first. */
async function usurp(pool: DatabasePool, ...engines: readonly EngineHarness[]): Promise<void> {
  const live = async (): Promise<number> =>
    (await pool.query("select from millrace.scheduler where ended_at is null")).rowCount ?? 0;
  await expect.poll(live, { timeout: 20_000, interval: 20 }).toBe(2);
  await pool.query(
    `with live as (select min(scheduler_id) as a, max(scheduler_id) as b from millrace.scheduler where ended_at is null)
     update millrace.dag d set owner = case when d.owner = live.a then live.b else live.a end from live`,
  );
  engines[usurpations++ % engines.length].scheduler.dagsChanged();
}
let usurpations = 0;

async function logicalDates(pool: DatabasePool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ text: string }>(
    "select dag_id || ' ' || to_char(logical_date at time zone 'UTC', 'YYYY-MM-DD') as text from millrace.dag_run order by 1",
  );
  return rows.map(({ text }) => text);
}

function expectedDates(): readonly string[] {
  const at = Date.parse(`${FIRST_DAY}T00:00:00Z`);
  const days = Array.from({ length: DAYS }, (_, day) => new Date(at + day * 86_400_000).toISOString().slice(0, 10));
  return Array.from({ length: DAGS }, (_, i) => days.map((day) => `d${i} ${day}`))
    .flat()
    .sort();
}

async function writers(pool: DatabasePool): Promise<number> {
  const { rows } = await pool.query<{ n: number }>("select count(distinct by)::int as n from millrace.run_change");
  return rows[0].n;
}

async function openDispatches(pool: DatabasePool): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    "select count(*)::int as n from millrace.task_instance where dispatch_id is not null",
  );
  return rows[0].n;
}
