import type { Micros } from "@millrace/core";
import type pg from "pg";
import { classifySqlError, transaction, type DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "../queries/run-guarded.ts";

/** Runs that are cleared away together, and rows that one statement deletes. */
const RUNS_AT_ONCE = 200;
const ROWS_AT_ONCE = 5_000;
/** Commits wait this long at most for a partition that somebody reads. */
const DROP_LOCK_TIMEOUT_MS = 100;

// The second partition after this one is a day old. It was made when the one between was half full; whoever had reserved ids of this one has used them, or
// let them go, since then (RESERVED_FOR_MS).
const PAST = `
  p.to_run_id < (select n.from_run_id from millrace.run_partition n where n.created_at < now() - interval '1 day' order by n.from_run_id desc limit 1)`;

// Primary key of dag_run: the first run of the range, if any.
const EMPTY_PARTITIONS = `
  select p.from_run_id
  from millrace.run_partition p
  where ${PAST}
    and not exists (select from millrace.dag_run r where r.run_id >= p.from_run_id and r.run_id < p.to_run_id)
    and not exists (
      select from millrace.run_removal m
      where m.run_id >= p.from_run_id and m.run_id < p.to_run_id and m.removed_at > now() - interval '5 minutes'
    )
  order by p.from_run_id`;

const DROP = "select millrace.drop_partition($1)";

const ROWS_WENT = `
  update millrace.run_removal
  set rows_gone = true
  where run_id >= $1 and run_id < (select p.to_run_id from millrace.run_partition p where p.from_run_id = $1) and not rows_gone`;

const SOME_RUNS = `
  select m.run_id
  from millrace.run_removal m
  where not m.rows_gone
    and (
      m.removed_at < now() - $1::bigint * interval '1 microsecond'
      or not exists (
        select
        from millrace.run_partition p
        where m.run_id >= p.from_run_id and m.run_id < p.to_run_id and ${PAST}
      )
    )
  order by m.run_id
  limit ${RUNS_AT_ONCE}`;

/** By primary key, so many at once: a run may have hundreds of thousands. */
const DELETES = [
  { table: "task_instance", key: ["run_id", "task_id", "map_index"] },
  { table: "task_try", key: ["run_id", "task_id", "map_index", "try_number"] },
  { table: "xcom", key: ["run_id", "task_id", "map_index", "key"] },
  { table: "asset_event", key: ["run_id", "event_id"] },
].map(
  ({ table, key }) => `
  delete from millrace.${table} t
  using (select ${key.join(", ")} from millrace.${table} where run_id = any ($1) limit ${ROWS_AT_ONCE}) s
  where t.run_id = any ($1) and ${key.map((column) => `t.${column} = s.${column}`).join(" and ")}`,
);

const DELETE_CHANGES = `
  delete from millrace.run_change c
  using (
    select h.run_id, h.version
    from millrace.run_change h
    join millrace.run_removal m on m.run_id = h.run_id
    where h.run_id = any ($1) and m.run_id = any ($1) and h.version < m.version
    limit ${ROWS_AT_ONCE}
  ) s
  where c.run_id = any ($1) and c.run_id = s.run_id and c.version = s.version`;

const GONE = "update millrace.run_removal set rows_gone = true where run_id = any ($1)";

const FORGET = `
  with past as (
    delete from millrace.run_removal
    where run_id in (
      select run_id
      from millrace.run_removal
      where rows_gone and blobs_gone and removed_at < now() - interval '1 day'
      order by run_id
      limit ${ROWS_AT_ONCE}
    )
    returning run_id, version
  )
  delete from millrace.run_change c
  using past
  where c.run_id = past.run_id and c.version <= past.version`;

const PRUNE_FEED = `select millrace.prune_feed_1(${ROWS_AT_ONCE}) as rows`;

/** As {@link RetentionStore.dropPartitions}. A partition that somebody is reading stays for the next time. */
export async function dropPartitions(pool: DatabasePool): Promise<number> {
  const empty = await runGuarded(pool, "any", (client) => client.query<{ from_run_id: number }>(EMPTY_PARTITIONS));
  let dropped = 0;
  for (const { from_run_id } of empty.rows) if (await dropPartition(pool, from_run_id)) dropped += 1;
  return dropped;
}

async function dropPartition(pool: DatabasePool, fromRunId: number): Promise<boolean> {
  const drop = async (client: pg.ClientBase): Promise<void> => {
    await client.query(ROWS_WENT, [fromRunId]);
    await client.query(DROP, [fromRunId]);
  };
  try {
    await pool.withClient((client) => transaction(client, drop, { lockTimeoutMs: DROP_LOCK_TIMEOUT_MS }));
    return true;
  } catch (error) {
    if (classifySqlError(error) !== "retry") throw error;
    return false;
  }
}

/** As {@link RetentionStore.sweepRows}: each statement is a transaction of its own, and whatever was interrupted begins again. */
export async function sweepRows(pool: DatabasePool, patienceMicros: Micros): Promise<number> {
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<{ run_id: number }>(SOME_RUNS, [patienceMicros]),
  );
  const runIds = rows.map((row) => row.run_id);
  if (runIds.length > 0) {
    for (const statement of [...DELETES, DELETE_CHANGES])
      for (let deleted = ROWS_AT_ONCE; deleted >= ROWS_AT_ONCE;)
        deleted = await runGuarded(
          pool,
          "any",
          async (client) => (await client.query(statement, [runIds])).rowCount ?? 0,
        );
    await runGuarded(pool, "any", (client) => client.query(GONE, [runIds]));
  }
  await runGuarded(pool, "any", (client) => client.query(FORGET));
  for (let pruned = ROWS_AT_ONCE; pruned >= ROWS_AT_ONCE;)
    pruned = (await runGuarded(pool, "any", (client) => client.query<{ rows: number }>(PRUNE_FEED))).rows[0].rows;
  return runIds.length;
}
