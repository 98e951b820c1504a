import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

// Snapshots of other databases do not keep rows of this one. Autovacuum's own do not count for vacuum.
const SESSIONS = `
  select
    pid,
    coalesce(usename, '') as role,
    coalesce(application_name, '') as application,
    coalesce(state, '') as state,
    coalesce(extract(epoch from clock_timestamp() - xact_start), 0)::float8 * 1000 as age_ms,
    backend_xmin is not null as has_snapshot
  from pg_stat_activity
  where (datname = current_database() or backend_type = 'walsender')
    and backend_type in ('client backend', 'walsender')
    and pid <> pg_backend_pid()
    and (xact_start is not null or backend_xmin is not null)
  order by xact_start nulls last, pid
  limit 50`;

const HIDDEN = `
  select count(*)::integer as hidden
  from pg_stat_activity
  where datname = current_database() and query = '<insufficient privilege>'`;

const PREPARED = `
  select gid, owner as role, extract(epoch from clock_timestamp() - prepared)::float8 * 1000 as age_ms
  from pg_prepared_xacts
  where database = current_database()
  order by prepared
  limit 50`;

const SLOTS = `
  select slot_name as name, active, greatest(age(xmin), age(catalog_xmin)) as transactions
  from pg_replication_slots
  where xmin is not null or catalog_xmin is not null
  order by slot_name
  limit 50`;

/** A session in a transaction. */
export interface OpenTransaction {
  readonly pid: number;
  readonly role: string;
  readonly application: string;
  /** As `pg_stat_activity` has it: `active`, `idle in transaction`, … */
  readonly state: string;
  /** Since its transaction began. */
  readonly ageMs: number;
  readonly hasSnapshot: boolean;
}

/** What keeps vacuum from removing dead rows. */
export interface OpenSnapshots {
  /** The oldest first, at most 50, without the one that asked. */
  readonly transactions: readonly OpenTransaction[];
  /** Sessions of which this user may see nothing. */
  readonly hidden: number;
  /** Prepared for a two-phase commit that never came. */
  readonly prepared: readonly { readonly gid: string; readonly role: string; readonly ageMs: number }[];
  /** Replication slots that hold back vacuum, by so many transactions. */
  readonly slots: readonly { readonly name: string; readonly active: boolean; readonly transactions: number }[];
}

/** Reads who holds a snapshot of this database open. */
export async function readOpenSnapshots(pool: DatabasePool): Promise<OpenSnapshots> {
  type SessionSql = {
    pid: number;
    role: string;
    application: string;
    state: string;
    age_ms: number;
    has_snapshot: boolean;
  };
  return await runGuarded(pool, "any", async (client) => {
    const sessions = await client.query<SessionSql>(SESSIONS);
    const hidden = await client.query<{ hidden: number }>(HIDDEN);
    const prepared = await client.query<{ gid: string; role: string; age_ms: number }>(PREPARED);
    const slots = await client.query<{ name: string; active: boolean; transactions: number }>(SLOTS);
    return {
      transactions: sessions.rows.map(({ age_ms, has_snapshot, ...rest }) => ({
        ...rest,
        ageMs: age_ms,
        hasSnapshot: has_snapshot,
      })),
      hidden: hidden.rows[0].hidden,
      prepared: prepared.rows.map(({ gid, role, age_ms }) => ({ gid, role, ageMs: age_ms })),
      slots: slots.rows,
    };
  });
}
