// R10. A scheduler is alive while its heartbeats arrive, by the database's clock; who judges another one ends it and frees what it owned in one transaction.
import { MillraceError, type Micros } from "@millrace/core";
import type pg from "pg";
import { transaction, type DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

const REGISTER = `
  insert into millrace.scheduler (host, pid, pid_started_at)
  values ($1, $2, $3)
  returning scheduler_id`;

// The commit of a heartbeat need not reach the disk: losing one is as if it had not been sent.
const HEARTBEAT = `
  update millrace.scheduler s
  set heartbeat_at = now()
  from (select set_config('synchronous_commit', 'off', true)) lazy
  where s.scheduler_id = $1 and s.ended_at is null
  returning s.scheduler_id`;

const END_DEAD = `
  update millrace.scheduler d
  set ended_at = now(), ended_by = $1
  where d.scheduler_id in (
      select s.scheduler_id
      from millrace.scheduler s
      where s.ended_at is null and s.scheduler_id <> $1 and s.heartbeat_at < now() - $2::bigint * interval '1 microsecond'
      order by s.scheduler_id
      for update skip locked
    )
    and exists (select from millrace.scheduler me where me.scheduler_id = $1 and me.ended_at is null)
  returning d.scheduler_id`;

const END_SELF = `
  update millrace.scheduler
  set ended_at = now(), ended_by = $1
  where scheduler_id = $1 and ended_at is null`;

/** Waits for commits of these schedulers that are on their way; later ones find that they were ended (migrations/0003-commit.sql). */
const AFTER_COMMITS = `
  select pg_advisory_xact_lock(millrace.scheduler_lock_class(), id)
  from unnest($1::integer[]) id`;

const FREE_DAGS = `
  update millrace.dag
  set owner = null, owned_at = null
  where dag_id in (select dag_id from millrace.dag where owner = any ($1) order by dag_id for update)`;

const FREE_GRANTS = `delete from millrace.pool_grant where scheduler_id = any ($1)`;

const FREE_OUTBOX = `
  update millrace.outbox
  set taken_by = null
  where taken_by = any ($1)`;

// Index scheduler_live.
const OF_HOST = `
  select scheduler_id, pid, pid_started_at
  from millrace.scheduler
  where ended_at is null and host = $1
  order by scheduler_id`;

/** Who a scheduler is, for the judgement of others on its host. */
export interface SchedulerIdentity {
  readonly host: string;
  readonly pid: number;
  readonly pidStartedAt: string;
}

/** The database's clock (R7). */
export async function readClock(pool: DatabasePool): Promise<Micros> {
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<{ now: Micros }>("select clock_timestamp() as now"),
  );
  return rows[0].now;
}

/** @returns the new scheduler's id. */
export async function registerScheduler(pool: DatabasePool, self: SchedulerIdentity): Promise<number> {
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<{ scheduler_id: number }>(REGISTER, [self.host, self.pid, self.pidStartedAt]),
  );
  return rows[0].scheduler_id;
}

/** Says that this scheduler lives. Locks its own row only. */
export async function heartbeat(
  pool: DatabasePool,
  schedulerId: number,
): Promise<{ readonly now: Micros; readonly alive: boolean }> {
  const { rowCount } = await runGuarded(pool, "any", (client) => client.query(HEARTBEAT, [schedulerId]));
  return { now: await readClock(pool), alive: rowCount === 1 };
}

/** Ends schedulers whose last heartbeat is older than `deadAfterMicros`. @returns those that this call ended; none when the caller itself was ended. */
export async function endDeadSchedulers(
  pool: DatabasePool,
  schedulerId: number,
  deadAfterMicros: number,
): Promise<readonly number[]> {
  return await runGuarded(pool, "any", (client) =>
    transaction(client, async () => {
      const { rows } = await client.query<{ scheduler_id: number }>(END_DEAD, [schedulerId, deadAfterMicros]);
      const dead = rows.map((row) => row.scheduler_id);
      if (dead.length > 0) await free(client, dead);
      return dead;
    }),
  );
}

/** Ends this scheduler and gives back all that it owned. Doing it twice does nothing. */
export async function endScheduler(pool: DatabasePool, schedulerId: number): Promise<void> {
  await runGuarded(pool, "any", (client) =>
    transaction(client, async () => {
      await client.query(END_SELF, [schedulerId]);
      await free(client, [schedulerId]);
    }),
  );
}

/** Schedulers of one host that nobody has ended: a starting one ends those whose process is gone. */
export async function schedulersOfHost(
  pool: DatabasePool,
  host: string,
): Promise<readonly { readonly schedulerId: number; readonly pid: number; readonly pidStartedAt: string }[]> {
  type HostSql = { scheduler_id: number; pid: number; pid_started_at: string };
  const { rows } = await runGuarded(pool, "any", (client) => client.query<HostSql>(OF_HOST, [host]));
  return rows.map((row) => ({ schedulerId: row.scheduler_id, pid: row.pid, pidStartedAt: row.pid_started_at }));
}

/** Locks the scheduler's row against judgement. @throws MillraceError CONFLICT when it was ended. */
export async function lockScheduler(client: pg.ClientBase, schedulerId: number): Promise<void> {
  const { rowCount } = await client.query(
    "select from millrace.scheduler where scheduler_id = $1 and ended_at is null for key share",
    [schedulerId],
  );
  if (rowCount !== 1) throw schedulerEnded(schedulerId);
}

/** The error of whoever acts for a scheduler that is over. */
export function schedulerEnded(schedulerId: number): MillraceError {
  return new MillraceError(
    "CONFLICT",
    `scheduler ${schedulerId} was ended: another one judged it dead, or it has stopped.`,
    { details: { schedulerId } },
  );
}

async function free(client: pg.ClientBase, schedulerIds: readonly number[]): Promise<void> {
  await client.query(AFTER_COMMITS, [schedulerIds]);
  await client.query(FREE_DAGS, [schedulerIds]);
  await client.query(FREE_GRANTS, [schedulerIds]);
  await client.query(FREE_OUTBOX, [schedulerIds]);
  await client.query("select pg_notify('millrace_dags', ''), pg_notify('millrace_pools', '')");
}
