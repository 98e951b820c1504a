// R5. A DAG has one owner. Lock order: the scheduler's own row, then dag rows by id (skipping those that others are just taking).
import type { ClaimedDag } from "@millrace/core";
import type pg from "pg";
import { transaction, type DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";
import { lockScheduler } from "./schedulers.ts";

// DAGs whose file is gone count as long as they have runs to finish: index dag_run_live.
const COUNT = `
  with wanted as (
    select d.owner
    from millrace.dag d
    where d.active or exists (select from millrace.dag_run r where r.dag_id = d.dag_id and r.state in ('queued', 'running'))
  )
  select
    (select count(*) from wanted)::integer as wanted,
    (select count(*) from wanted w where w.owner = $1)::integer as mine,
    (select count(*) from millrace.scheduler s where s.ended_at is null)::integer as schedulers`;

const TAKE = `
  update millrace.dag
  set owner = $1, owned_at = now()
  where dag_id in (
    select d.dag_id
    from millrace.dag d
    where (d.owner is null or not exists (select from millrace.scheduler s where s.scheduler_id = d.owner and s.ended_at is null))
      and (d.active or exists (select from millrace.dag_run r where r.dag_id = d.dag_id and r.state in ('queued', 'running')))
    order by d.dag_id
    limit $2
    for update of d skip locked
  )`;

// Only DAGs at rest: a run that changes hands loses its running tries, and the slots they hold in pools would be counted by nobody meanwhile (R6).
const GIVE_BACK = `
  update millrace.dag
  set owner = null, owned_at = null
  where dag_id in (
    select d.dag_id
    from millrace.dag d
    where d.owner = $1 and not exists (select from millrace.dag_run r where r.dag_id = d.dag_id and r.state in ('queued', 'running'))
    order by d.dag_id desc
    limit $2
    for update of d skip locked
  )`;

// Every update of a row makes another xmin.
const MINE = `
  select dag_id, xmin::text as stamp
  from millrace.dag
  where owner = $1
  order by dag_id`;

const TAKE_ONE = `
  update millrace.dag d
  set owner = $1, owned_at = now()
  where d.dag_id = $2
    and (d.owner is null or d.owner = $1 or not exists (select from millrace.scheduler s where s.scheduler_id = d.owner and s.ended_at is null))
  returning d.dag_id`;

const RELEASE = `
  update millrace.dag
  set owner = null, owned_at = null
  where dag_id in (select dag_id from millrace.dag where owner = $1 and dag_id = any ($2) order by dag_id for update)`;

/**
 * Brings this scheduler to its share: all DAGs divided by the live schedulers, rounded up. Takes DAGs without a live owner; gives surplus back when
 * another scheduler has come, as far as it has no unfinished runs.
 *
 * @returns what it owns now, sorted by id. What is missing since the last call was given back.
 * @throws MillraceError CONFLICT when this scheduler was ended.
 */
export async function claimDags(pool: DatabasePool, schedulerId: number): Promise<readonly ClaimedDag[]> {
  return await runGuarded(pool, "any", (client) =>
    transaction(client, async () => {
      await lockScheduler(client, schedulerId);
      const { rows } = await client.query<{ wanted: number; mine: number; schedulers: number }>(COUNT, [schedulerId]);
      const { wanted, mine, schedulers } = rows[0];
      const missing = Math.ceil(wanted / Math.max(1, schedulers)) - mine;
      if (missing > 0) await client.query(TAKE, [schedulerId, missing]);
      if (missing < 0) await giveBack(client, schedulerId, -missing);
      const owned = await client.query<{ dag_id: string; stamp: string }>(MINE, [schedulerId]);
      return owned.rows.map((row) => ({ dagId: row.dag_id, stamp: row.stamp }));
    }),
  );
}

/** Takes one DAG. @returns false when a live scheduler owns it or there is no such DAG. */
export async function claimDag(pool: DatabasePool, schedulerId: number, dagId: string): Promise<boolean> {
  return await runGuarded(pool, "any", (client) =>
    transaction(client, async () => {
      await lockScheduler(client, schedulerId);
      const { rowCount } = await client.query(TAKE_ONE, [schedulerId, dagId]);
      return rowCount === 1;
    }),
  );
}

/** Gives DAGs back; those that this scheduler does not own are left alone. */
export async function releaseDags(pool: DatabasePool, schedulerId: number, dagIds: readonly string[]): Promise<void> {
  await runGuarded(pool, "any", (client) => client.query(RELEASE, [schedulerId, dagIds]));
  await runGuarded(pool, "any", (client) => client.query("select pg_notify('millrace_dags', '')"));
}

async function giveBack(client: pg.ClientBase, schedulerId: number, count: number): Promise<void> {
  await client.query(GIVE_BACK, [schedulerId, count]);
  await client.query("select pg_notify('millrace_dags', '')");
}
