import type {
  DagDetail,
  DagSummary,
  DagVersionInfo,
  Graph,
  ImportError,
  Micros,
  Page,
  PageRequest,
} from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { keyAfter, limitOf, pageOf } from "./page.ts";
import { runGuarded } from "./run-guarded.ts";

const COLUMNS = `
    d.dag_id, d.file, d.active, d.paused, d.version, d.owner, d.next_logical_date, d.next_interval_start, d.next_interval_end, d.next_run_after,
    d.created_at, d.seen_at, v.bundle_hash, v.graph`;

// Primary keys of dag and dag_version.
const LIST = `
  select ${COLUMNS}
  from millrace.dag d
  join millrace.dag_version v on v.dag_id = d.dag_id and v.version = d.version
  where d.dag_id > $1 and (d.active or $2) and ($3::text is null or strpos(lower(d.dag_id), lower($3)) > 0)
  order by d.dag_id
  limit $4`;

const ONE = `
  select ${COLUMNS}
  from millrace.dag d
  join millrace.dag_version v on v.dag_id = d.dag_id and v.version = d.version
  where d.dag_id = $1`;

const VERSIONS = `
  select version, bundle_hash, created_at
  from millrace.dag_version
  where dag_id = $1
  order by version desc`;

const SOURCE = `
  select file, source
  from millrace.bundle
  where bundle_hash = $1`;

const ERRORS = `
  select file, message, line, column_number, stack, at
  from millrace.import_error
  order by file, import_error_id`;

interface DagSql {
  readonly dag_id: string;
  readonly file: string;
  readonly active: boolean;
  readonly paused: boolean;
  readonly version: number;
  readonly owner: number | null;
  readonly next_logical_date: Micros | null;
  readonly next_interval_start: Micros | null;
  readonly next_interval_end: Micros | null;
  readonly next_run_after: Micros | null;
  readonly created_at: Micros;
  readonly seen_at: Micros;
  readonly bundle_hash: string;
  readonly graph: string;
}

/** DAGs by id. */
export async function listDags(
  pool: DatabasePool,
  request: PageRequest & { readonly includeInactive?: boolean; readonly search?: string },
): Promise<Page<DagSummary>> {
  const limit = limitOf(request);
  const values = [
    keyAfter<[string]>(request)?.[0] ?? "",
    request.includeInactive ?? false,
    request.search ?? null,
    limit + 1,
  ];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<DagSql>(LIST, values));
  return pageOf(rows, limit, {
    item: (row) => summaryOf(row, JSON.parse(row.graph) as Graph),
    key: (row) => [row.dag_id],
  });
}

/** One DAG with its newest version. */
export async function findDag(pool: DatabasePool, dagId: string): Promise<DagDetail | undefined> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<DagSql>(ONE, [dagId]));
  const [row] = rows;
  if (row === undefined) return undefined;
  const graph = JSON.parse(row.graph) as Graph;
  return {
    ...summaryOf(row, graph),
    graph,
    bundleHash: row.bundle_hash,
    createdAt: row.created_at,
    seenAt: row.seen_at,
  };
}

/** Versions of a DAG, newest first. */
export async function listVersions(pool: DatabasePool, dagId: string): Promise<readonly DagVersionInfo[]> {
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<{ version: number; bundle_hash: string; created_at: Micros }>(VERSIONS, [dagId]),
  );
  return rows.map((row) => ({ version: row.version, bundleHash: row.bundle_hash, createdAt: row.created_at }));
}

/** A DAG file as it was written. */
export async function findSource(
  pool: DatabasePool,
  bundleHash: string,
): Promise<{ readonly file: string; readonly source: string } | undefined> {
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<{ file: string; source: string }>(SOURCE, [bundleHash]),
  );
  return rows[0];
}

/** Why files cannot be loaded, by file. */
export async function listImportErrors(
  pool: DatabasePool,
): Promise<readonly (ImportError & { readonly at: Micros })[]> {
  type ErrorSql = {
    file: string;
    message: string;
    line: number | null;
    column_number: number | null;
    stack: string | null;
    at: Micros;
  };
  const { rows } = await runGuarded(pool, "any", (client) => client.query<ErrorSql>(ERRORS));
  return rows.map(({ file, message, line, column_number: column, stack, at }) => ({
    file,
    message,
    at,
    ...(line !== null && { line }),
    ...(column !== null && { column }),
    ...(stack !== null && { stack }),
  }));
}

function summaryOf(row: DagSql, { dag }: Graph): DagSummary {
  const {
    next_logical_date: logicalDate,
    next_interval_start: intervalStart,
    next_interval_end: intervalEnd,
    next_run_after: runAfter,
  } = row;
  return {
    dagId: row.dag_id,
    file: row.file,
    active: row.active,
    paused: row.paused,
    version: row.version,
    owner: row.owner ?? undefined,
    displayName: dag.displayName,
    description: dag.description,
    tags: dag.tags,
    schedule: dag.schedule,
    nextRun:
      logicalDate === null || intervalStart === null || intervalEnd === null || runAfter === null
        ? undefined
        : { logicalDate, intervalStart, intervalEnd, runAfter },
  };
}
