import type { FailedRun, HomeFacts, LateDag, Micros } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "../queries/run-guarded.ts";
import { causeFromSql } from "../rows.ts";

/** Of each short list. */
const SHOWN = 10;
/** Failed runs are counted up to here. */
const MOST_FAILED = 10_000;
/** Instances of a run among which the first failed one is looked for. */
const SEARCHED_INSTANCES = 5_000;

// Index dag_run_live. There are as many unfinished runs as schedulers hold in memory.
const UNFINISHED = `
  with unfinished as materialized (
    select r.dag_id, r.run_id, r.run_key, r.state, r.started_at, r.interval_end, r.deadline_missed
    from millrace.dag_run r
    where r.state in ('queued', 'running') and ($1::text[] is null or r.dag_id = any ($1))
  ), missed as materialized (
    select dag_id, run_id, run_key, started_at, interval_end
    from unfinished
    where deadline_missed
    order by interval_end, run_id
  )
  select
    (select count(*)::integer from unfinished where state = 'running') as running,
    (select count(*)::integer from unfinished where state = 'queued') as queued,
    (select count(*)::integer from missed) as missed,
    (
      select json_strip_nulls(json_agg(json_build_object(
        'dagId', m.dag_id, 'runId', m.run_id, 'runKey', m.run_key,
        'intervalEnd', millrace.micros(m.interval_end), 'startedAt', millrace.micros(m.started_at))))
      from (select * from missed limit ${SHOWN}) m
    ) as items`;

// Index dag_run_failed_by_end.
const COUNT_FAILED = `
  select count(*)::integer as count
  from (
    select
    from millrace.dag_run r
    where r.state = 'failed' and r.ended_at > now() - interval '24 hours' and ($1::text[] is null or r.dag_id = any ($1))
    limit ${MOST_FAILED}
  ) f`;

// The same, backwards; the primary key of task_instance for each run shown.
const FAILED = `
  select r.dag_id, r.run_id, r.run_key, r.ended_at, r.cause, t.task_id, t.map_index, t.cause as task_cause
  from (
    select r.dag_id, r.run_id, r.run_key, r.ended_at, r.cause
    from millrace.dag_run r
    where r.state = 'failed' and r.ended_at > now() - interval '24 hours' and ($1::text[] is null or r.dag_id = any ($1))
    order by r.ended_at desc
    limit ${SHOWN}
  ) r
  left join lateral (
    select i.task_id, i.map_index, i.cause
    from (
      select i.task_id, i.map_index, i.state, i.ended_at, i.cause
      from millrace.task_instance i
      where i.run_id = r.run_id
      order by i.run_id, i.task_id, i.map_index
      limit ${SEARCHED_INSTANCES}
    ) i
    where i.state = 'failed'
    order by i.ended_at, i.task_id, i.map_index
    limit 1
  ) t on true
  order by r.ended_at desc`;

// There are thousands of DAGs, not millions: the table is passed over once. Of late ones index dag_run_live.
const DAGS = `
  with listed as materialized (
    select d.dag_id, d.version, d.paused, d.owner, d.next_logical_date, d.next_interval_start, d.next_interval_end, d.next_run_after
    from millrace.dag d
    where d.active and ($1::text[] is null or d.dag_id = any ($1))
  ), late as materialized (
    select dag_id, version, owner, next_logical_date, next_run_after
    from listed
    where not paused and next_run_after < now() - interval '1 minute'
    order by next_run_after, dag_id
  )
  select
    (select count(*)::integer from listed) as dags,
    (select count(*)::integer from listed where paused) as paused,
    (select count(*)::integer from late) as late,
    (
      select json_agg(json_build_object(
        'dagId', l.dag_id, 'logicalDate', millrace.micros(l.next_logical_date), 'runAfter', millrace.micros(l.next_run_after),
        'isDriven', coalesce(s.ended_at is null and s.heartbeat_at > now() - interval '15 seconds', false),
        'unfinishedRuns', (
          select count(*) from millrace.dag_run r where r.dag_id = l.dag_id and r.state in ('queued', 'running') and r.backfill_id is null),
        'maxActiveRuns', (v.summary::json ->> 'maxActiveRuns')::integer)
        order by l.next_run_after, l.dag_id)
      from (select * from late limit ${SHOWN}) l
      join millrace.dag_version v on v.dag_id = l.dag_id and v.version = l.version
      left join millrace.scheduler s on s.scheduler_id = l.owner
    ) as late_items,
    (
      select json_agg(json_build_object(
        'dagId', n.dag_id, 'logicalDate', millrace.micros(n.next_logical_date), 'intervalStart', millrace.micros(n.next_interval_start),
        'intervalEnd', millrace.micros(n.next_interval_end), 'runAfter', millrace.micros(n.next_run_after))
        order by n.next_run_after, n.dag_id)
      from (
        select *
        from listed
        where not paused and next_run_after >= now() - interval '1 minute'
        order by next_run_after, dag_id
        limit ${SHOWN}
      ) n
    ) as next_items,
    (
      select count(*)::integer
      from millrace.import_error e
      where $1::text[] is null or exists (select from millrace.dag d where d.file = e.file and d.dag_id = any ($1))
    ) as import_errors`;

interface FailedSql {
  readonly dag_id: string;
  readonly run_id: number;
  readonly run_key: string;
  readonly ended_at: Micros;
  readonly cause: string | null;
  readonly task_id: string | null;
  readonly map_index: number | null;
  readonly task_cause: string | null;
}

interface UnfinishedSql {
  readonly running: number;
  readonly queued: number;
  readonly missed: number;
  readonly items: HomeFacts["pastDeadline"]["items"] | null;
}

type LateSql = Omit<LateDag, "reason"> & { readonly isDriven: boolean };

interface DagsSql {
  readonly dags: number;
  readonly paused: number;
  readonly late: number;
  readonly late_items: readonly LateSql[] | null;
  readonly next_items: HomeFacts["next"] | null;
  readonly import_errors: number;
}

/** What the start page shows of now. @param dagIds absent = all */
export async function readHome(pool: DatabasePool, dagIds?: readonly string[]): Promise<HomeFacts> {
  const values = [dagIds ?? null];
  return await runGuarded(pool, "any", async (client) => {
    const { rows: runs } = await client.query<UnfinishedSql>(UNFINISHED, values);
    const { rows: counted } = await client.query<{ count: number }>(COUNT_FAILED, values);
    const { rows: failed } = await client.query<FailedSql>(FAILED, values);
    const { rows: dags } = await client.query<DagsSql>(DAGS, values);
    const [{ running, queued, missed, items }] = runs;
    const [facts] = dags;
    return {
      running,
      queued,
      failed: { count: counted[0].count, items: failed.map(failedOf) },
      pastDeadline: { count: missed, items: items ?? [] },
      dags: facts.dags,
      pausedDags: facts.paused,
      late: { count: facts.late, items: (facts.late_items ?? []).map(lateOf) },
      next: facts.next_items ?? [],
      importErrors: facts.import_errors,
    };
  });
}

function failedOf(row: FailedSql): FailedRun {
  const cause = causeFromSql(row.task_cause ?? row.cause);
  return {
    dagId: row.dag_id,
    runId: row.run_id,
    runKey: row.run_key,
    endedAt: row.ended_at,
    ...(row.task_id !== null && { taskId: row.task_id }),
    ...(row.map_index !== null && { mapIndex: row.map_index }),
    ...(cause && { cause }),
  };
}

function lateOf({ isDriven, ...late }: LateSql): LateDag {
  if (!isDriven) return { ...late, reason: "noScheduler" };
  return { ...late, reason: late.unfinishedRuns >= late.maxActiveRuns ? "tooManyRuns" : "behind" };
}
