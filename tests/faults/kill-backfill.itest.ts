// R1. A run and what makes it a backfill's are one commit: kill -9 anywhere in a backfill, and the next scheduler makes and clears each run once.
import { parseInstant, type Micros } from "@millrace/core";
import type { DatabasePool } from "@millrace/store";
import { expect, test, vi } from "vitest";
import type { FaultyProject } from "./harness/faulty-project.ts";
import type { Death } from "./harness/protocol.ts";
import { untilDeathOr } from "./harness/run-to-end.ts";
import { sharedStage, type Stage } from "./harness/shared-stage.ts";

const DAYS = 12;
const DAY: Micros = 86_400_000_000;

const stage = await sharedStage(["dates.dag.ts"]);

/** Two runs stand in the range: they are to run again. */
async function makeStanding({ project, system }: Stage, first: Micros): Promise<void> {
  for (const day of [2, 6]) {
    const answer = await system.send("dates", { kind: "trigger", logicalDate: first + day * DAY });
    expect(answer).toMatchObject({ ok: true });
  }
  await vi.waitFor(
    async () => {
      const open = await project.withDatabase((pool) =>
        pool.query("select from millrace.dag_run where state in ('queued', 'running')"),
      );
      expect(open.rowCount).toBe(0);
    },
    { timeout: 30_000 },
  );
}

function writeDown(pool: DatabasePool, first: Micros): Promise<unknown> {
  return pool.query(
    `with made as (
       insert into millrace.backfill (dag_id, from_date, to_date, reprocess, reverse, max_active_runs, by)
       values ('dates', millrace.instant($1), millrace.instant($2), 'completed', $3, 3, 'user:test')
       returning backfill_id
     )
     select backfill_id, pg_notify('millrace_dags', '') from made`,
    [first, first + (DAYS - 1) * DAY, first % (2 * DAY) === 0],
  );
}

interface RunOfDate {
  readonly date: string;
  readonly state: string;
  readonly clears: number;
  readonly backfill_id: number;
  /** Tries of each task that ended before the last one. */
  readonly earlier_ends: readonly number[];
}

async function openBackfills({ withDatabase }: FaultyProject): Promise<readonly object[]> {
  return await withDatabase(
    async (pool) => (await pool.query<object>("select backfill_id from millrace.backfill where state <> 'ended'")).rows,
  );
}

async function runsAfterEnd({ project }: Stage, first: Micros): Promise<readonly RunOfDate[]> {
  return await project.withDatabase(async (pool) => {
    await vi.waitFor(async () => expect(await openBackfills(project)).toEqual([]), { timeout: 60_000, interval: 50 });
    const { rows } = await pool.query<RunOfDate>(
      `select to_char(r.logical_date at time zone 'UTC', 'YYYY-MM-DD') as date, r.state::text, r.clear_number as clears, r.backfill_id,
         (select array_agg(e.ended order by e.task_id) from (
            select t.task_id, count(h.try_number)::integer as ended
            from millrace.task_instance t
            left join millrace.task_try h on h.run_id = t.run_id and h.task_id = t.task_id and h.state in ('success', 'failed')
            where t.run_id = r.run_id
            group by t.task_id) e) as earlier_ends
       from millrace.dag_run r
       where r.logical_date >= millrace.instant($1) and r.logical_date < millrace.instant($2)
       order by r.logical_date`,
      [first, first + DAYS * DAY],
    );
    return rows;
  });
}

const deaths: readonly Death[] = [
  { point: "beforeCommit", passing: 1 },
  { point: "afterCommit", passing: 2, withPostgres: true },
  { point: "beforeCommit", passing: 5 },
  { point: "afterCommit", passing: 9 },
  { point: "beforeDispatch", passing: 4, withPostgres: true },
  { point: "afterCommit", passing: 17 },
];

test.each(deaths.map((death, i) => ({ ...death, first: parseInstant(`2025-0${i + 1}-01`, "UTC") })))(
  "kill -9 at $point, passing $passing",
  async ({ first, ...death }) => {
    const { now } = stage;
    const { project, system } = now;
    await makeStanding(now, first);
    system.die(death);
    await project.withDatabase((pool) => writeDown(pool, first));
    await untilDeathOr(system, "the backfill", () => openBackfills(project));
    now.system = await project.launch();
    const runs = await runsAfterEnd(now, first);
    expect(runs).toHaveLength(DAYS);
    const [{ backfill_id }] = runs;
    runs.forEach((run, day) => {
      const wasThere = day === 2 || day === 6;
      const ends = wasThere ? 1 : 0;
      // A try that died with its process has not ended, and is followed by one more.
      expect(run).toEqual({
        date: run.date,
        state: "success",
        clears: ends,
        backfill_id,
        earlier_ends: [ends, ends, ends],
      });
    });
  },
);
