import { MillraceError, type Micros, type PoolInfo, type SchedulerInfo } from "@millrace/core";
import { cleanText, storableName } from "../commit/text-rules.ts";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

/** Tasks that name no pool use it. */
const DEFAULT_POOL = "default_pool";

const LIST = `
  select pool, slots, coalesce(description, '') as description, include_deferred, pick_order
  from millrace.pool
  order by pool`;

const WRITE = `
  with written as (
    insert into millrace.pool (pool, slots, description, include_deferred, pick_order)
    values ($1, $2, $3, $4, $5)
    on conflict (pool) do update
    set slots = excluded.slots, description = excluded.description, include_deferred = excluded.include_deferred, pick_order = excluded.pick_order
    returning pool
  )
  select pg_notify('millrace_pools', '') from written`;

const DELETE = `
  with gone as (
    delete from millrace.pool
    where pool = $1
    returning pool
  )
  select pg_notify('millrace_pools', '') from gone`;

const SCHEDULERS = `
  select scheduler_id, host, pid, started_at, heartbeat_at
  from millrace.scheduler
  where ended_at is null
  order by scheduler_id`;

/** All pools by name. */
export async function listPools(pool: DatabasePool): Promise<readonly PoolInfo[]> {
  type PoolSql = {
    pool: string;
    slots: number;
    description: string;
    include_deferred: boolean;
    pick_order: "fair" | "priority";
  };
  const { rows } = await runGuarded(pool, "any", (client) => client.query<PoolSql>(LIST));
  return rows.map((row) => ({
    pool: row.pool,
    slots: row.slots,
    description: row.description,
    includeDeferred: row.include_deferred,
    order: row.pick_order,
  }));
}

/** Makes or replaces a pool. Fewer slots than are in use take effect as tasks end. @throws MillraceError BAD_ARGUMENT */
export async function setPool(pool: DatabasePool, info: PoolInfo): Promise<void> {
  const name = storableName(info.pool, "the pool's name");
  if (!Number.isInteger(info.slots) || info.slots < -1)
    throw new MillraceError(
      "BAD_ARGUMENT",
      `slots must be a whole number from 0, or -1 for no limit, not ${info.slots}.`,
    );
  await runGuarded(pool, "any", (client) =>
    client.query(WRITE, [name, info.slots, cleanText(info.description), info.includeDeferred, info.order]),
  );
}

/** @throws MillraceError NOT_FOUND; CONFLICT for the default pool. */
export async function deletePool(pool: DatabasePool, name: string): Promise<void> {
  if (name === DEFAULT_POOL)
    throw new MillraceError("CONFLICT", `${DEFAULT_POOL} cannot be deleted: tasks that name no pool use it.`);
  const { rowCount } = await runGuarded(pool, "any", (client) => client.query(DELETE, [name]));
  if (rowCount === 0) throw new MillraceError("NOT_FOUND", `there is no pool "${name}".`, { details: { pool: name } });
}

/** Schedulers that nobody has ended, with their last heartbeats. */
export async function listSchedulers(pool: DatabasePool): Promise<readonly SchedulerInfo[]> {
  type SchedulerSql = { scheduler_id: number; host: string; pid: number; started_at: Micros; heartbeat_at: Micros };
  const { rows } = await runGuarded(pool, "any", (client) => client.query<SchedulerSql>(SCHEDULERS));
  return rows.map((row) => ({
    schedulerId: row.scheduler_id,
    host: row.host,
    pid: row.pid,
    startedAt: row.started_at,
    heartbeatAt: row.heartbeat_at,
  }));
}
