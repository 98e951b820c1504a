import type { ExpiredRun, RunLimits } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "../queries/run-guarded.ts";

// Index dag_run_by_dag, from the first run on, once per DAG with limits; index logical_date_unique for the run after. Small tables and unfinished runs
// (index dag_run_live) say what is in use.
const FIND = `
  with used as materialized (
    select source_run_id as run_id from millrace.asset_queue
    union
    select run_id from millrace.outbox
    union
    select e.source_run_id
    from millrace.dag_run l
    join millrace.run_asset_event e on e.run_id = l.run_id
    where l.state in ('queued', 'running')
  )
  select r.run_id, r.dag_id, (select c.version from millrace.run_change c where c.run_id = r.run_id order by c.version desc limit 1) as version
  from unnest($1::text[], $2::bigint[], $3::integer[]) p (dag_id, age, max_runs)
  left join lateral (
    select n.run_id
    from millrace.dag_run n
    where n.dag_id = p.dag_id and n.state in ('success', 'failed')
    order by n.run_id desc
    offset p.max_runs
    limit 1
  ) last_too_many on p.max_runs is not null
  cross join lateral (
    select r.run_id, r.dag_id
    from (
      select r.run_id, r.dag_id, r.run_type, r.state, r.logical_date, r.ended_at, r.backfill_id
      from millrace.dag_run r
      where r.dag_id = p.dag_id and r.state in ('success', 'failed')
      order by r.run_id
      limit $6
    ) r
    where (r.ended_at < now() - p.age * interval '1 microsecond' or r.run_id <= last_too_many.run_id)
      and r.ended_at < now() - $5::bigint * interval '1 microsecond'
      and r.run_id not in (select u.run_id from used u)
      and not exists (select from millrace.backfill b where b.backfill_id = r.backfill_id and b.state in ('running', 'paused'))
      -- The run after has ended: depends_on_past asks for this one no more. There is one: the newest run stays.
      and (
        select a.state
        from millrace.dag_run a
        where a.dag_id = r.dag_id and a.logical_date > r.logical_date
        order by a.logical_date
        limit 1
      ) in ('success', 'failed')
      and (
        r.run_type <> 'scheduled'
        or (
          select a.state
          from millrace.dag_run a
          where a.dag_id = r.dag_id and a.logical_date > r.logical_date and a.run_type = 'scheduled'
          order by a.logical_date
          limit 1
        ) in ('success', 'failed')
      )
      and (
        r.state = 'failed'
        or exists (select from millrace.dag_run a where a.dag_id = r.dag_id and a.logical_date > r.logical_date and a.state = 'success')
      )
    order by r.run_id
    limit $4
  ) r
  limit $4`;

/** Whoever waits for a run (a sensor that looks once a minute) has seen its end by then. */
const LONGEST_LOOK_MICROS = 120_000_000;

/** Of a DAG's runs, the ones made first: who looks every minute does not look through all that are kept. Those that go are among them. */
const OLDEST_RUNS = 5_000;

/** As {@link RetentionStore.findExpired}; `youngestMicros`: how long ago a run has ended at least; `oldest`: how many runs of each DAG are looked at. */
export async function findExpired(
  pool: DatabasePool,
  limits: readonly RunLimits[],
  options: { readonly most: number; readonly youngestMicros?: number; readonly oldest?: number },
): Promise<readonly ExpiredRun[]> {
  const { most, youngestMicros = LONGEST_LOOK_MICROS, oldest = OLDEST_RUNS } = options;
  type ExpiredSql = { run_id: number; dag_id: string; version: number | null };
  const limited = limits.filter(({ ageMicros, maxRuns }) => ageMicros !== null || maxRuns !== null);
  if (limited.length === 0) return [];
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<ExpiredSql>(FIND, [
      limited.map(({ dagId }) => dagId),
      limited.map(({ ageMicros }) => ageMicros),
      limited.map(({ maxRuns }) => maxRuns),
      most,
      youngestMicros,
      oldest,
    ]),
  );
  return rows.map(({ run_id, dag_id, version }) => ({ runId: run_id, dagId: dag_id, version: version ?? 0 }));
}
