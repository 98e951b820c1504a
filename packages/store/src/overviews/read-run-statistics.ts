import type {
  Activity,
  CalendarDay,
  Micros,
  Overviews,
  RunCounts,
  RunDuration,
  RunState,
  TaskDuration,
} from "@millrace/core";
import { TASK_STATES, type InstanceCounts } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "../queries/run-guarded.ts";

/** Runs of a year that are counted. */
const MOST_OF_YEAR = 200_000;
/** Instances that durations of tasks are made of. */
const MOST_INSTANCES = 100_000;
/** Ended runs of a span that are counted. */
const MOST_ENDED = 50_000;

// Index logical_date_unique, backwards.
const CALENDAR = `
  with counted as (
    select r.logical_date, r.state
    from millrace.dag_run r
    where r.dag_id = $1
      and r.logical_date >= make_timestamptz($2::integer, 1, 1, 0, 0, 0, $3::text)
      and r.logical_date < make_timestamptz($2::integer + 1, 1, 1, 0, 0, 0, $3::text)
    order by r.logical_date desc
    limit ${MOST_OF_YEAR}
  )
  select to_char(c.logical_date at time zone $3::text, 'YYYY-MM-DD') as date, c.state, count(*)::integer as count, min(c.logical_date) as first
  from counted c
  group by 1, 2
  order by 1, 2`;

// Index logical_date_unique, backwards; run_change's key for runs that have not ended.
const RUNS = `
  select r.run_id, r.run_key, r.run_type, r.state, r.logical_date, r.started_at, r.ended_at,
    extract(epoch from r.started_at - greatest(r.queued_at, r.run_after))::float8 as queued_seconds,
    extract(epoch from r.ended_at - r.started_at)::float8 as run_seconds,
    extract(epoch from r.ended_at - r.interval_end)::float8 as landing_seconds,
    coalesce(r.ended_counts, millrace.newest_counts(r.run_id)) as counts
  from millrace.dag_run r
  where r.dag_id = $1
  order by r.logical_date desc
  limit $2`;

// Primary key of task_instance: all instances of these runs.
const TASKS = `
  select t.task_id as "taskId", count(*)::integer as count,
    (percentile_cont(0.5) within group (order by t.seconds))::float8 as "medianSeconds",
    (percentile_cont(0.95) within group (order by t.seconds))::float8 as "p95Seconds",
    (avg(t.seconds) filter (where t.place = 1))::float8 as "lastSeconds",
    avg(t.try_number)::float8 as "meanTries", max(t.try_number)::integer as "maxTries"
  from (
    select t.task_id, t.try_number, extract(epoch from t.ended_at - t.started_at)::float8 as seconds,
      rank() over (partition by t.task_id order by array_position($1::bigint[], t.run_id)) as place
    from millrace.task_instance t
    where t.run_id = any ($1) and t.started_at is not null and t.ended_at is not null
  ) t
  group by t.task_id
  order by t.task_id`;

// Index dag_run_by_end, backwards; dag_run_live and run_change's key for runs that have not ended. A run's instances are counted in its row.
const ACTIVITY = `
  with ended as materialized (
    select r.run_type, r.state, r.ended_at, r.ended_counts as counts
    from millrace.dag_run r
    where r.ended_at is not null and r.ended_at >= millrace.instant($1) and r.ended_at < millrace.instant($2) and ($3::text[] is null or r.dag_id = any ($3))
    order by r.ended_at desc
    limit ${MOST_ENDED}
  ), seen as materialized (
    select e.run_type, e.state, e.counts from ended e
    union all
    select r.run_type, r.state, millrace.newest_counts(r.run_id)
    from millrace.dag_run r
    where r.state in ('queued', 'running') and coalesce(r.started_at, r.queued_at) < millrace.instant($2) and ($3::text[] is null or r.dag_id = any ($3))
  )
  select
    (
      select json_agg(json_build_object('runType', s.run_type, 'state', s.state, 'count', s.count) order by s.run_type, s.state)
      from (select run_type, state, count(*) as count from seen group by run_type, state) s
    ) as runs,
    (
      select json_object_agg(c.state, c.count)
      from (
        select c.state, sum(c.count::bigint) as count
        from seen s
        cross join lateral unnest(string_to_array(s.counts, ',')) with ordinality c (count, state)
        where s.counts <> '' and c.count <> '0'
        group by c.state
      ) c
    ) as instances,
    (select count(*)::integer from ended) as ended,
    (select min(ended_at) from ended) as first`;

interface RunSql {
  readonly run_id: number;
  readonly run_key: string;
  readonly run_type: RunDuration["runType"];
  readonly state: RunState;
  readonly logical_date: Micros;
  readonly started_at: Micros | null;
  readonly ended_at: Micros | null;
  readonly queued_seconds: number | null;
  readonly run_seconds: number | null;
  readonly landing_seconds: number | null;
  readonly counts: string | null;
}

/** Runs of a year by day. */
export async function readCalendar(
  pool: DatabasePool,
  { dagId, year, zone }: Parameters<Overviews["calendar"]>[0],
): ReturnType<Overviews["calendar"]> {
  type DaySql = { date: string; state: RunState; count: number; first: Micros };
  const { rows } = await runGuarded(pool, "any", (client) => client.query<DaySql>(CALENDAR, [dagId, year, zone]));
  const days = [...Map.groupBy(rows, (row) => row.date)].map(([date, states]): CalendarDay => {
    const counts: RunCounts = Object.fromEntries(states.map(({ state, count }) => [state, count]));
    return { date, counts };
  });
  const counted = rows.reduce((sum, { count }) => sum + count, 0);
  if (counted < MOST_OF_YEAR) return { days };
  return { days, countedFrom: Math.min(...rows.map(({ first }) => first)) };
}

/** How long the newest runs took, and the tasks in them. */
export async function readDurations(
  pool: DatabasePool,
  dagId: string,
  limit: number,
): ReturnType<Overviews["durations"]> {
  return await runGuarded(pool, "any", async (client) => {
    const { rows } = await client.query<RunSql>(RUNS, [dagId, limit]);
    const newest = withinBound(rows);
    const { rows: tasks } = await client.query<TaskDuration>(TASKS, [newest]);
    return { runs: rows.map(durationOf), tasks, taskRuns: newest.length };
  });
}

/** What went on in a span of time. */
export async function readActivity(
  pool: DatabasePool,
  { from, to, dagIds }: Parameters<Overviews["activity"]>[0],
): Promise<Activity> {
  type ActivitySql = {
    runs: Activity["runs"] | null;
    instances: Readonly<Record<string, number>> | null;
    ended: number;
    first: Micros | null;
  };
  const values = [from, to, dagIds ?? null];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<ActivitySql>(ACTIVITY, values));
  const [{ runs, instances, ended, first }] = rows;
  const counts: InstanceCounts = Object.fromEntries(
    Object.entries(instances ?? {}).map(([place, count]) => [TASK_STATES[Number(place) - 1], count]),
  );
  const isPartial = ended >= MOST_ENDED && first !== null;
  return { runs: runs ?? [], instances: counts, ...(isPartial && { countedFrom: first }) };
}

/** The newest runs that have no more instances together than are looked at; one at least. */
function withinBound(rows: readonly RunSql[]): readonly number[] {
  let instances = 0;
  const within = rows.filter(({ counts }, index) => {
    instances += (counts ?? "").split(",").reduce((sum, count) => sum + Number(count), 0);
    return index === 0 || instances <= MOST_INSTANCES;
  });
  return within.map((row) => row.run_id);
}

function durationOf(row: RunSql): RunDuration {
  return {
    runId: row.run_id,
    runKey: row.run_key,
    runType: row.run_type,
    state: row.state,
    logicalDate: row.logical_date,
    ...(row.started_at !== null && { startedAt: row.started_at }),
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
    // A run that was triggered for a later date may have begun when it was queued, to the microsecond.
    ...(row.queued_seconds !== null && { queuedSeconds: Math.max(0, row.queued_seconds) }),
    ...(row.run_seconds !== null && { runSeconds: row.run_seconds }),
    ...(row.landing_seconds !== null && { landingSeconds: row.landing_seconds }),
  };
}
