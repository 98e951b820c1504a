import { MillraceError, type DagRow, type Graph, type Micros, type VersionCode } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { dueRunsFromSql } from "../rows.ts";
import { runGuarded } from "./run-guarded.ts";

/** Failed runs in a row are counted up to here: no DAG asks for more. */
const MOST_FAILED_RUNS = 100;

// Failed runs since the last success: index logical_date_unique backwards.
const LOAD = `
  select d.dag_id, d.paused, d.active, d.version, v.bundle_hash, v.graph_hash, v.graph, d.last_logical_date, d.last_interval_start, d.last_interval_end,
    d.custom_times,
    (
      select count(*) filter (where f.failed_only)
      from (
        select bool_and(e.state = 'failed') over (order by e.logical_date desc) as failed_only
        from (
          select r.state, r.logical_date
          from millrace.dag_run r
          where r.dag_id = d.dag_id and r.state in ('success', 'failed')
          order by r.logical_date desc
          limit ${MOST_FAILED_RUNS}
        ) e
      ) f
    )::integer as failed_runs
  from millrace.dag d
  join millrace.dag_version v on v.dag_id = d.dag_id and v.version = d.version
  where d.dag_id = any ($1)
  order by d.dag_id`;

const GRAPH = `
  select graph, graph_hash, bundle_hash
  from millrace.dag_version
  where dag_id = $1 and version = $2`;

const BUNDLE = `
  select code, file
  from millrace.bundle
  where bundle_hash = $1`;

interface DagSql {
  readonly dag_id: string;
  readonly paused: boolean;
  readonly active: boolean;
  readonly version: number;
  readonly bundle_hash: string;
  readonly graph_hash: string;
  readonly graph: string;
  readonly last_logical_date: Micros | null;
  readonly last_interval_start: Micros | null;
  readonly last_interval_end: Micros | null;
  readonly custom_times: readonly Micros[] | null;
  readonly failed_runs: number;
}

/** DAGs with their newest version; ids that do not exist are left out. */
export async function loadDags(pool: DatabasePool, dagIds: readonly string[]): Promise<readonly DagRow[]> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<DagSql>(LOAD, [dagIds]));
  return rows.map(dagFromSql);
}

/** @throws MillraceError NOT_FOUND */
export async function loadGraph(pool: DatabasePool, dagId: string, version: number): Promise<VersionCode> {
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<{ graph: string; graph_hash: string; bundle_hash: string }>(GRAPH, [dagId, version]),
  );
  const [row] = rows;
  if (row === undefined)
    throw new MillraceError("NOT_FOUND", `DAG "${dagId}" has no version ${version}.`, { details: { dagId, version } });
  return { graph: JSON.parse(row.graph) as Graph, graphHash: row.graph_hash, bundleHash: row.bundle_hash };
}

/** @throws MillraceError NOT_FOUND */
export async function loadBundle(
  pool: DatabasePool,
  bundleHash: string,
): Promise<{ readonly code: string; readonly file: string }> {
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<{ code: string; file: string }>(BUNDLE, [bundleHash]),
  );
  if (rows[0] === undefined)
    throw new MillraceError("NOT_FOUND", `there is no bundle ${bundleHash}.`, { details: { bundleHash } });
  return rows[0];
}

function dagFromSql(row: DagSql): DagRow {
  const { last_logical_date: logicalDate, last_interval_start: intervalStart, last_interval_end: intervalEnd } = row;
  return {
    dagId: row.dag_id,
    paused: row.paused,
    active: row.active,
    version: row.version,
    bundleHash: row.bundle_hash,
    graphHash: row.graph_hash,
    graph: JSON.parse(row.graph) as Graph,
    lastScheduled:
      logicalDate === null || intervalStart === null || intervalEnd === null
        ? undefined
        : { logicalDate, intervalStart, intervalEnd },
    customTimes: row.custom_times === null ? undefined : dueRunsFromSql(row.custom_times),
    failedRunsInRow: row.failed_runs,
  };
}
