// R2. A snapshot that somebody holds keeps every dead row of the database alive; commits must not come to walk over them.
import { openPool, type DatabasePool } from "@millrace/store";
import { testDatabase } from "@millrace/store/testing";
import { expect, test } from "vitest";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";
import { countedTwice, countEnded, readFinalRuns } from "./support-rows.ts";

const TASKS = 40;
const RUNS_PER_ROUND = 30;
const ROUNDS = 4;

const CHAIN = `
import { dag } from "millrace";
export const chain = dag("chain", { maxActiveRuns: 100 }, ({ task }) => {
  let last = task("t0", () => 1);
  for (let i = 1; i < ${TASKS}; i += 1) last = task("t" + i, { input: { last } }, ({ last }) => last + 1);
});
`;

/** What commits have cost so far, by the server's own counters. */
interface Work {
  /** Pages looked at, of tables and indexes of Millrace. */
  readonly pages: number;
  /** Rows written to task_instance. */
  readonly writes: number;
  /** Dead rows, by table. */
  readonly dead: Readonly<Record<string, number>>;
}

test("thousands of tasks under a snapshot held open: right, and no dearer at the end than at the beginning", async () => {
  await using database = await testDatabase();
  await using engine = await startEngine({ url: database.url });
  await using pool = await openPool({ url: database.url, max: 2 });
  await using holder = await openPool({ url: database.url, max: 2 });
  await engine.deploy(CHAIN);
  const rounds: Work[] = [];
  await holder.withClient(async (client) => {
    await client.query("begin isolation level repeatable read");
    await client.query("select count(*) from millrace.dag_run");
    rounds.push(await workSoFar(pool));
    for (let round = 1; round <= ROUNDS; round += 1) {
      await playRound(engine, pool, round);
      rounds.push(await workSoFar(pool));
    }
    const { rows } = await client.query<{ n: number }>("select count(*)::int as n from millrace.dag_run");
    // It was held all the time: it still sees none of the runs.
    expect(rows[0].n).toBe(0);
    await client.query("rollback");
  });
  const costs = rounds.slice(1).map((work, at) => {
    const before = rounds[at];
    return (work.pages - before.pages) / (work.writes - before.writes);
  });
  // Pages per row written: the first round pays for what is new, none pays for what lies dead.
  expect(Math.max(...costs.slice(1))).toBeLessThan(costs[0] * 1.5);
  // Rows that all commits share would gather dead versions with each of them; these are read in each tick.
  const dead = rounds.at(-1)?.dead ?? {};
  for (const table of ["dag", "pool", "pool_grant", "inbox", "run_id_counter"])
    expect({ table, dead: dead[table] ?? 0 }).toEqual({ table, dead: expect.toSatisfy((n: number) => n < 400) });
  expect(
    (await readFinalRuns(pool)).filter(({ instances }) => instances[`t${TASKS - 1}`][1] !== String(TASKS)),
  ).toEqual([]);
  expect(await countedTwice(pool)).toEqual([]);
}, 120_000);

async function playRound(engine: EngineHarness, pool: DatabasePool, round: number): Promise<void> {
  await Promise.all(Array.from({ length: RUNS_PER_ROUND }, () => engine.trigger("chain")));
  await expect.poll(() => countEnded(pool), { timeout: 60_000, interval: 100 }).toBe(round * RUNS_PER_ROUND);
}

/** Waits until the server's counters have heard of all tasks: its processes tell them with a delay. */
async function workSoFar(pool: DatabasePool): Promise<Work> {
  type WorkSql = { pages: string; writes: string };
  const read = async (): Promise<WorkSql> => {
    const { rows } = await pool.query<WorkSql>(
      `select
         sum(io.heap_blks_read + io.heap_blks_hit + coalesce(io.idx_blks_read + io.idx_blks_hit, 0))::text as pages,
         sum(t.n_tup_upd) filter (where t.relname like 'task\\_instance\\_%')::text as writes
       from pg_statio_user_tables io join pg_stat_user_tables t using (relid)
       where io.schemaname = 'millrace' and io.relname <> 'run_change'`,
    );
    return rows[0];
  };
  const { rows: told } = await pool.query<{ n: number }>(
    "select coalesce(sum(json_array_length(changes::json -> 'ti')), 0)::int as n from millrace.run_change where version > 1",
  );
  await expect.poll(async () => Number((await read()).writes), { timeout: 30_000 }).toBe(told[0].n);
  const { pages, writes } = await read();
  const { rows } = await pool.query<{ relname: string; n: number }>(
    "select relname, n_dead_tup::int as n from pg_stat_user_tables where schemaname = 'millrace'",
  );
  return {
    pages: Number(pages),
    writes: Number(writes),
    dead: Object.fromEntries(rows.map((row) => [row.relname, row.n])),
  };
}
