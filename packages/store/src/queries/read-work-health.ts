import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

// Ended ones only while DAGs still name them as their owner, which their heirs or the next start take over.
const SCHEDULERS = `
  select
    s.scheduler_id,
    s.host,
    s.pid,
    s.pid_started_at,
    s.ended_at is not null as ended,
    (extract(epoch from clock_timestamp() - s.heartbeat_at) * 1000)::float8 as silent_ms,
    (select count(*)::integer from millrace.dag d where d.owner = s.scheduler_id and d.active) as dags
  from millrace.scheduler s
  where s.ended_at is null or exists (select from millrace.dag d where d.owner = s.scheduler_id and d.active)
  order by s.scheduler_id`;

// dag_run_live finds the runs, the primary key of task_instance their instances.
const WORK = `
  with live as (
    select r.run_id, r.state
    from millrace.dag_run r
    join millrace.dag d on d.dag_id = r.dag_id and not d.paused
    where r.state in ('queued', 'running') and r.run_after <= now()
  ), instance as (
    select t.state, t.queued_at
    from live
    join millrace.task_instance t on t.run_id = live.run_id
    where t.state in ('scheduled', 'queued', 'running', 'restarting')
  )
  select
    (select count(*)::integer from live) as runs,
    (select count(*)::integer from instance where state in ('running', 'restarting')) as running,
    (select count(*)::integer from instance where state = 'queued') as queued,
    (select count(*)::integer from instance where state = 'scheduled') as scheduled,
    coalesce((select (extract(epoch from clock_timestamp() - min(queued_at)) * 1000)::float8 from instance where state = 'queued'), 0) as queued_ms`;

// The table only holds what is unanswered.
const INBOX = `
  select
    count(*)::integer as commands,
    coalesce((extract(epoch from clock_timestamp() - min(at)) * 1000)::float8, 0) as oldest_ms
  from millrace.inbox`;

// json, not jsonb, which refuses some texts that a graph may have.
const POOLS = `
  with task as (
    select d.dag_id, t.value ->> 'taskId' as task_id, t.value ->> 'pool' as pool, (t.value ->> 'poolSlots')::integer as needs
    from millrace.dag d
    join millrace.dag_version v on v.dag_id = d.dag_id and v.version = d.version
    cross join json_array_elements(v.graph::json -> 'tasks') t (value)
    where d.active
  )
  select
    task.pool,
    p.slots,
    max(task.needs) as needs,
    array_agg(distinct task.dag_id order by task.dag_id) as dag_ids,
    coalesce(sum((
      select count(*)
      from millrace.dag_run r
      join millrace.task_instance i on i.run_id = r.run_id and i.task_id = task.task_id
      where r.dag_id = task.dag_id and r.state = 'running' and i.state = 'scheduled'
    )), 0)::integer as waiting
  from task
  left join millrace.pool p on p.pool = task.pool
  where p.pool is null or (p.slots >= 0 and p.slots < task.needs)
  group by task.pool, p.slots
  order by task.pool`;

/** A scheduler that has not ended, or that has and still owns DAGs. */
export interface SchedulerHealth {
  readonly schedulerId: number;
  readonly host: string;
  readonly pid: number;
  readonly pidStartedAt: string;
  readonly ended: boolean;
  /** Since its last heartbeat, by the database's clock. */
  readonly silentMs: number;
  /** DAGs with a file that it owns. */
  readonly dags: number;
}

/** What is to be done in runs of DAGs that are not paused. */
export interface OpenWork {
  readonly runs: number;
  /** Task instances by state. */
  readonly running: number;
  readonly queued: number;
  readonly scheduled: number;
  /** How long the oldest queued one waits. */
  readonly queuedMs: number;
}

/** A pool that tasks name and that cannot take them: it does not exist, or is smaller than one of them. */
export interface UnusablePool {
  readonly pool: string;
  /** Absent when there is no such pool. */
  readonly slots?: number;
  /** Slots that the largest of the tasks takes. */
  readonly needs: number;
  readonly dagIds: readonly string[];
  /** Task instances that wait for it now. */
  readonly waiting: number;
}

/** Reads which schedulers there are and what they own. */
export async function readSchedulerHealth(pool: DatabasePool): Promise<readonly SchedulerHealth[]> {
  type SchedulerSql = {
    scheduler_id: number;
    host: string;
    pid: number;
    pid_started_at: string;
    ended: boolean;
    silent_ms: number;
    dags: number;
  };
  const { rows } = await runGuarded(pool, "any", (client) => client.query<SchedulerSql>(SCHEDULERS));
  return rows.map((row) => ({
    schedulerId: row.scheduler_id,
    host: row.host,
    pid: row.pid,
    pidStartedAt: row.pid_started_at,
    ended: row.ended,
    silentMs: row.silent_ms,
    dags: row.dags,
  }));
}

/** Reads what waits and what runs, and the commands that nobody has answered. */
export async function readOpenWork(
  pool: DatabasePool,
): Promise<OpenWork & { readonly commands: number; readonly oldestCommandMs: number }> {
  type WorkSql = { runs: number; running: number; queued: number; scheduled: number; queued_ms: number };
  return await runGuarded(pool, "any", async (client) => {
    const [{ queued_ms, ...work }] = (await client.query<WorkSql>(WORK)).rows;
    const [inbox] = (await client.query<{ commands: number; oldest_ms: number }>(INBOX)).rows;
    return { ...work, queuedMs: queued_ms, commands: inbox.commands, oldestCommandMs: inbox.oldest_ms };
  });
}

/** Reads the pools that tasks of present versions name and that cannot take them. */
export async function readUnusablePools(pool: DatabasePool): Promise<readonly UnusablePool[]> {
  type PoolSql = { pool: string; slots: number | null; needs: number; dag_ids: string[]; waiting: number };
  const { rows } = await runGuarded(pool, "any", (client) => client.query<PoolSql>(POOLS));
  return rows.map(({ slots, dag_ids, ...rest }) => ({ ...rest, dagIds: dag_ids, ...(slots !== null && { slots }) }));
}
