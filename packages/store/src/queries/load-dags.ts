import {
  MillraceError,
  type DagRow,
  type Graph,
  type GraphDag,
  type Micros,
  type VersionCode,
  type VersionKey,
} from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { dueRunsFromSql } from "../rows.ts";
import { runGuarded } from "./run-guarded.ts";

/** Failed runs in a row are counted up to here: no DAG asks for more. */
const MOST_FAILED_RUNS = 100;

/** Text of graphs that is read at once: a tenth of a second to make sense of. */
const MOST_GRAPH_BYTES = 4_000_000;

const LOAD = `
  select d.dag_id, d.paused, d.active, d.created_at, d.version, v.settings,
    d.last_logical_date, d.last_interval_start, d.last_interval_end,
    d.next_logical_date, d.next_interval_start, d.next_interval_end, d.next_run_after, d.custom_times
  from millrace.dag d
  join millrace.dag_version v on v.dag_id = d.dag_id and v.version = d.version
  where d.dag_id = any ($1)
  order by d.dag_id`;

// Index logical_date_unique backwards.
const FAILED_RUNS = `
  select u.dag_id, f.failed_runs
  from unnest($1::text[]) u (dag_id)
  cross join lateral (
    select (count(*) filter (where n.failed_only))::integer as failed_runs
    from (
      select bool_and(e.state = 'failed') over (order by e.logical_date desc) as failed_only
      from (
        select r.state, r.logical_date
        from millrace.dag_run r
        where r.dag_id = u.dag_id and r.state in ('success', 'failed')
        order by r.logical_date desc
        limit ${MOST_FAILED_RUNS}
      ) e
    ) n
  ) f
  where f.failed_runs > 0`;

const GRAPHS = `
  select s.dag_id, s.version, s.graph, s.graph_hash, s.bundle_hash
  from (
    select v.dag_id, v.version, v.graph, v.graph_hash, v.bundle_hash, u.place,
      sum(octet_length(v.graph)) over (order by u.place) - octet_length(v.graph) as before_it
    from unnest($1::text[], $2::integer[]) with ordinality u (dag_id, version, place)
    join millrace.dag_version v on v.dag_id = u.dag_id and v.version = u.version
  ) s
  where s.before_it < ${MOST_GRAPH_BYTES}
  order by s.place`;

const BUNDLE = `
  select code, file
  from millrace.bundle
  where bundle_hash = $1`;

interface DagSql {
  readonly dag_id: string;
  readonly paused: boolean;
  readonly active: boolean;
  readonly created_at: Micros;
  readonly version: number;
  readonly settings: string;
  readonly last_logical_date: Micros | null;
  readonly last_interval_start: Micros | null;
  readonly last_interval_end: Micros | null;
  readonly next_logical_date: Micros | null;
  readonly next_interval_start: Micros | null;
  readonly next_interval_end: Micros | null;
  readonly next_run_after: Micros | null;
  readonly custom_times: readonly Micros[] | null;
}

interface GraphSql {
  readonly dag_id: string;
  readonly version: number;
  readonly graph: string;
  readonly graph_hash: string;
  readonly bundle_hash: string;
}

/** DAGs with what their newest version says of itself; ids that do not exist are left out. */
export async function loadDags(pool: DatabasePool, dagIds: readonly string[]): Promise<readonly DagRow[]> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<DagSql>(LOAD, [dagIds]));
  return rows.map(dagFromSql);
}

/** Failed runs in a row since the last success, of DAGs that have some. */
export async function countFailedRuns(
  pool: DatabasePool,
  dagIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<{ dag_id: string; failed_runs: number }>(FAILED_RUNS, [dagIds]),
  );
  return new Map(rows.map((row) => [row.dag_id, row.failed_runs]));
}

/** Graphs by their keys, the first of them up to {@link MOST_GRAPH_BYTES}. */
export async function loadGraphs(
  pool: DatabasePool,
  keys: readonly VersionKey[],
): Promise<readonly (VersionKey & VersionCode)[]> {
  const values = [keys.map((key) => key.dagId), keys.map((key) => key.version)];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<GraphSql>(GRAPHS, values));
  return rows.map((row) => ({
    dagId: row.dag_id,
    version: row.version,
    graph: JSON.parse(row.graph) as Graph,
    graphHash: row.graph_hash,
    bundleHash: row.bundle_hash,
  }));
}

/** @throws MillraceError NOT_FOUND */
export async function loadGraph(pool: DatabasePool, dagId: string, version: number): Promise<VersionCode> {
  const [found] = await loadGraphs(pool, [{ dagId, version }]);
  if (found === undefined)
    throw new MillraceError("NOT_FOUND", `DAG "${dagId}" has no version ${version}.`, { details: { dagId, version } });
  return found;
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
  const next = [row.next_logical_date, row.next_interval_start, row.next_interval_end, row.next_run_after];
  const [nextRun] = next.includes(null) ? [] : dueRunsFromSql(next as Micros[]);
  return {
    dagId: row.dag_id,
    paused: row.paused,
    active: row.active,
    createdAt: row.created_at,
    version: row.version,
    settings: JSON.parse(row.settings) as GraphDag,
    lastScheduled:
      logicalDate === null || intervalStart === null || intervalEnd === null
        ? undefined
        : { logicalDate, intervalStart, intervalEnd },
    nextRun,
    customTimes: row.custom_times === null ? undefined : dueRunsFromSql(row.custom_times),
  };
}
