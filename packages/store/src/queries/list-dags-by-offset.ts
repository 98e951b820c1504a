import type { DagFilter, ListedDag, Micros, OffsetList, OffsetRequest } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";
import type { VersionSummary } from "./version-listing.ts";

// There are thousands of DAGs, not millions: counting scans the table. Whole graphs are not read.
const FILTER = `
  where ($1::text[] is null or d.dag_id = any ($1))
    and (not $2::boolean or d.active)
    and ($3::boolean is null or d.paused = $3)
    and ($4::text is null or strpos(lower(d.dag_id), lower($4)) > 0)
    and ($5::text[] is null or exists (
      select from millrace.dag_version v
      where v.dag_id = d.dag_id and v.version = d.version and v.tags && $5
    ))`;

const COUNT = `
  select count(*)::integer as total
  from millrace.dag d
  ${FILTER}`;

const OF_DAG =
  "d.dag_id, d.file, d.active, d.paused, d.version, d.owner, d.next_logical_date, d.next_interval_start, d.next_interval_end, d.next_run_after, d.seen_at";

const listed = (dags: string): string => `
  select ${OF_DAG}, v.tags, v.owners, v.summary,
    exists (select from millrace.import_error e where e.file = d.file) as has_import_errors
  from ${dags} d
  join millrace.dag_version v on v.dag_id = d.dag_id and v.version = d.version`;

// Primary keys of dag, forward or backward, and of dag_version. What comes before the page is skipped before anything is joined to it.
const UPWARD = `${listed(`(
    select ${OF_DAG}
    from millrace.dag d
    ${FILTER}
    order by d.dag_id
    limit $6
    offset $7
  )`)}
  order by d.dag_id`;

const DOWNWARD = `${listed(`(
    select ${OF_DAG}
    from millrace.dag d
    ${FILTER}
    order by d.dag_id desc
    limit $6
    offset $7
  )`)}
  order by d.dag_id desc`;

const ONE = `${listed("millrace.dag")}
  where d.dag_id = $1`;

interface ListedSql {
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
  readonly seen_at: Micros;
  readonly tags: readonly string[] | null;
  readonly owners: readonly string[] | null;
  readonly summary: string;
  readonly has_import_errors: boolean;
}

/** DAGs by id, a page by position. */
export async function listDagsByOffset(
  pool: DatabasePool,
  request: DagFilter & OffsetRequest & { readonly descending?: boolean },
): Promise<OffsetList<ListedDag>> {
  const filter = [
    request.dagIds ?? null,
    request.onlyActive ?? false,
    request.paused ?? null,
    request.idPart ?? null,
    request.tags ?? null,
  ];
  return await runGuarded(pool, "any", async (client) => {
    const { rows: counted } = await client.query<{ total: number }>(COUNT, filter);
    const statement = request.descending === true ? DOWNWARD : UPWARD;
    const { rows } = await client.query<ListedSql>(statement, [...filter, request.limit, request.offset]);
    return { items: rows.map(listedFromSql), total: counted[0].total };
  });
}

/** One DAG as lists show it. */
export async function findListedDag(pool: DatabasePool, dagId: string): Promise<ListedDag | undefined> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<ListedSql>(ONE, [dagId]));
  return rows[0] && listedFromSql(rows[0]);
}

function listedFromSql(row: ListedSql): ListedDag {
  // Summaries made by the migration say null where there is nothing.
  const summary = JSON.parse(row.summary, (_, value: unknown) => value ?? undefined) as VersionSummary;
  const {
    next_logical_date: logicalDate,
    next_interval_start: intervalStart,
    next_interval_end: intervalEnd,
    next_run_after: runAfter,
  } = row;
  return {
    ...summary,
    dagId: row.dag_id,
    file: row.file,
    active: row.active,
    paused: row.paused,
    version: row.version,
    owner: row.owner ?? undefined,
    tags: row.tags ?? [],
    owners: row.owners ?? [],
    hasImportErrors: row.has_import_errors,
    seenAt: row.seen_at,
    nextRun:
      logicalDate === null || intervalStart === null || intervalEnd === null || runAfter === null
        ? undefined
        : { logicalDate, intervalStart, intervalEnd, runAfter },
  };
}
