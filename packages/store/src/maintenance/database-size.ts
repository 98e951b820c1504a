import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "../queries/run-guarded.ts";

// From the catalogue and the files' sizes: no table is read. A partitioned table counts as one, with all its partitions.
const TABLES = `
  with part as (
    select
      coalesce(parent.relname, c.relname) as name,
      c.oid,
      c.reltuples,
      parent.relname is not null as is_partition
    from pg_class c
    left join pg_inherits i on i.inhrelid = c.oid
    left join pg_class parent on parent.oid = i.inhparent
    where c.relnamespace = 'millrace'::regnamespace and c.relkind = 'r'
  )
  select
    name,
    sum(greatest(reltuples, 0))::bigint as rows,
    count(*) filter (where is_partition)::integer as partitions,
    sum(pg_relation_size(oid) + pg_relation_size(oid, 'fsm') + pg_relation_size(oid, 'vm'))::bigint as heap_bytes,
    sum(pg_indexes_size(oid))::bigint as index_bytes,
    sum(pg_table_size(oid) - pg_relation_size(oid) - pg_relation_size(oid, 'fsm') - pg_relation_size(oid, 'vm'))::bigint as toast_bytes
  from part
  group by name
  order by sum(pg_total_relation_size(oid)) desc, name`;

// One pass over dag_run, whose rows are a fortieth of those of a DAG of forty tasks.
const DAGS = `
  select
    r.dag_id,
    count(*) as runs,
    count(*) filter (where r.state in ('queued', 'running')) as unfinished
  from millrace.dag_run r
  group by r.dag_id
  order by count(*) desc, r.dag_id`;

/** A table with its partitions, as large as its files are. */
export interface TableSize {
  readonly name: string;
  /** An estimate, as of the last vacuum or analyze. */
  readonly rows: number;
  /** 0 = not partitioned. */
  readonly partitions: number;
  readonly heapBytes: number;
  readonly indexBytes: number;
  /** What is too long for a row: long results, causes, graphs. */
  readonly toastBytes: number;
}

/** The runs that a DAG has in the database. */
export interface DagSize {
  readonly dagId: string;
  readonly runs: number;
  readonly unfinished: number;
}

/** How large everything of Millrace in a database is: tables the largest first, DAGs those with most runs first. */
export async function readDatabaseSize(
  pool: DatabasePool,
): Promise<{ readonly tables: readonly TableSize[]; readonly dags: readonly DagSize[] }> {
  type TableSql = {
    name: string;
    rows: number;
    partitions: number;
    heap_bytes: number;
    index_bytes: number;
    toast_bytes: number;
  };
  type DagSql = { dag_id: string; runs: number; unfinished: number };
  return await runGuarded(pool, "any", async (client) => {
    const tables = await client.query<TableSql>(TABLES);
    const dags = await client.query<DagSql>(DAGS);
    return {
      tables: tables.rows.map((row) => ({
        name: row.name,
        rows: row.rows,
        partitions: row.partitions,
        heapBytes: row.heap_bytes,
        indexBytes: row.index_bytes,
        toastBytes: row.toast_bytes,
      })),
      dags: dags.rows.map(({ dag_id, runs, unfinished }) => ({ dagId: dag_id, runs, unfinished })),
    };
  });
}
