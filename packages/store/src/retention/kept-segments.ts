import type { KeptSegment, RunLimits } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "../queries/run-guarded.ts";

const RUNS_AT_ONCE = 500;

// Primary keys of dag_run and of its tries. A log that is complete in its row needs no segment: most are, so the text is looked at
// before it is read as JSON. A run of a DAG without limits keeps its logs; the newest ones by index dag_run_by_dag.
const KEPT = `
  with run as materialized (
    select r.run_id, r.dag_id, r.ended_at
    from millrace.dag_run r
    where r.run_id > $1
    order by r.run_id
    limit ${RUNS_AT_ONCE}
  ),
  too_many as materialized (
    select p.dag_id, p.age, n.run_id
    from unnest($2::text[], $3::bigint[], $4::integer[]) p (dag_id, age, max_runs)
    left join lateral (
      select n.run_id
      from millrace.dag_run n
      where n.dag_id = p.dag_id and n.state in ('success', 'failed')
      order by n.run_id desc
      offset p.max_runs
      limit 1
    ) n on p.max_runs is not null
  ),
  kept as materialized (
    select r.run_id
    from run r
    left join too_many p on p.dag_id = r.dag_id
    where r.ended_at is null
      or (coalesce(r.ended_at >= now() - p.age * interval '1 microsecond', true) and coalesce(r.run_id > p.run_id, true))
  ),
  log as (
    select t.log from millrace.task_instance t where t.run_id = any (array(select run_id from kept)) and t.log like '%"complete":false%'
    union all
    select t.log from millrace.task_try t where t.run_id = any (array(select run_id from kept)) and t.log like '%"complete":false%'
  )
  select (select max(run_id) from run) as last, l.host, l.segment
  from (
    select distinct e ->> 'host' as host, e ->> 'segment' as segment
    from log, json_array_elements(log.log::json) e
    where e ->> 'complete' = 'false'
  ) l
  union all
  select (select max(run_id) from run), null, null`;

// Index dag_run_live, then the instances of unfinished runs.
const LONGEST_TRY = `
  select millrace.micros(now()) - millrace.micros(coalesce(min(t.started_at), now())) as micros
  from millrace.dag_run r
  join millrace.task_instance t on t.run_id = r.run_id
  where r.state in ('queued', 'running') and t.state in ('running', 'restarting')`;

/** As {@link RetentionStore.keptSegments}. */
export async function keptSegments(
  pool: DatabasePool,
  limits: readonly RunLimits[],
  afterRunId: number,
): Promise<{ readonly segments: readonly KeptSegment[]; readonly lastRunId: number | undefined }> {
  type KeptSql = { last: number | null; host: string | null; segment: string | null };
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<KeptSql>(KEPT, [
      afterRunId,
      limits.map(({ dagId }) => dagId),
      limits.map(({ ageMicros }) => ageMicros),
      limits.map(({ maxRuns }) => maxRuns),
    ]),
  );
  const segments = rows.flatMap(({ host, segment }) => (host === null || !segment ? [] : [{ host, segment }]));
  return { segments, lastRunId: rows[0]?.last ?? undefined };
}

/** As {@link RetentionStore.longestTry}. */
export async function longestTry(pool: DatabasePool): Promise<number> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<{ micros: number }>(LONGEST_TRY));
  return rows[0].micros;
}
