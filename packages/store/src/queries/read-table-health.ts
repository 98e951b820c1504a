import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

// From the statistics: no table is read. A partitioned table counts as one, with all its partitions.
const TABLES = `
  select
    coalesce(parent.relname, s.relname) as name,
    sum(s.n_live_tup)::bigint as live,
    sum(s.n_dead_tup)::bigint as dead,
    (extract(epoch from clock_timestamp() - max(greatest(s.last_vacuum, s.last_autovacuum))) * 1000)::float8 as vacuumed_ms
  from pg_stat_user_tables s
  left join pg_inherits i on i.inhrelid = s.relid
  left join pg_class parent on parent.oid = i.inhparent
  where s.schemaname = 'millrace'
  group by 1
  order by 3 desc, 1`;

const FROZEN = `
  select age(datfrozenxid) as transactions
  from pg_database
  where datname = current_database()`;

/** Rows of a table with its partitions, as the statistics know them. */
export interface TableHealth {
  readonly name: string;
  readonly live: number;
  /** Rows that vacuum has still to remove. */
  readonly dead: number;
  /** Since the last vacuum of any of its partitions; absent = never. */
  readonly vacuumedMs?: number;
}

/** How well vacuum keeps up: tables with most dead rows first, and transactions since the oldest row that is not frozen. */
export async function readTableHealth(
  pool: DatabasePool,
): Promise<{ readonly tables: readonly TableHealth[]; readonly unfrozenTransactions: number }> {
  type TableSql = { name: string; live: number; dead: number; vacuumed_ms: number | null };
  return await runGuarded(pool, "any", async (client) => {
    const tables = await client.query<TableSql>(TABLES);
    const frozen = await client.query<{ transactions: number }>(FROZEN);
    return {
      tables: tables.rows.map(({ vacuumed_ms, ...rest }) => ({
        ...rest,
        ...(vacuumed_ms !== null && { vacuumedMs: vacuumed_ms }),
      })),
      unfrozenTransactions: frozen.rows[0].transactions,
    };
  });
}
