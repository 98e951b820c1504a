import type {
  DagFacets,
  DagOverview,
  DagOverviewRequest,
  Micros,
  Page,
  RecentRun,
  RunCounts,
  RunTotal,
} from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { conditions } from "../queries/conditions.ts";
import { keyAfter, limitOf, pageOf } from "../queries/page.ts";
import { runGuarded } from "../queries/run-guarded.ts";
import { makeTotals } from "../queries/totals.ts";
import type { VersionSummary } from "../queries/version-listing.ts";

const RECENT_RUNS = 14;
/** Comes after every instant. */
const LAST = Number.MAX_SAFE_INTEGER;

// Index logical_date_unique, backwards, once for each DAG.
const LAST_STATE =
  "(select r.state::text from millrace.dag_run r where r.dag_id = d.dag_id order by r.logical_date desc limit 1)";

const KEYS = {
  dagId: "0::bigint",
  lastRun: `coalesce(-millrace.micros((select max(r.logical_date) from millrace.dag_run r where r.dag_id = d.dag_id)), ${LAST})`,
  nextRun: `coalesce(millrace.micros(d.next_run_after), ${LAST})`,
} as const satisfies Readonly<Record<NonNullable<DagOverviewRequest["orderBy"]>, string>>;

// There are thousands of DAGs, not millions: those that fit are found in one pass, so that they are counted, too. Of those shown index logical_date_unique.
const listed = (key: string, where: string, at: number): string => `
  with fitting as materialized (
    select d.dag_id, ${key} as key
    from millrace.dag d
    join millrace.dag_version v on v.dag_id = d.dag_id and v.version = d.version
    ${where}
  ), page as materialized (
    select dag_id, key
    from fitting
    where (key, dag_id) > ($${at + 1}::bigint, $${at + 2}::text)
    order by key, dag_id
    limit $${at + 3}
  )
  select t.total, x.*
  from (select count(*)::integer as total from fitting) t
  left join (
    select p.key, d.dag_id, d.file, d.active, d.paused, d.version, d.owner, d.next_logical_date, d.next_interval_start, d.next_interval_end,
      d.next_run_after, v.tags, v.owners, v.summary, e.message, e.line, recent.runs
    from page p
    join millrace.dag d on d.dag_id = p.dag_id
    join millrace.dag_version v on v.dag_id = d.dag_id and v.version = d.version
    left join lateral (
      select i.message, i.line from millrace.import_error i where i.file = d.file order by i.import_error_id limit 1
    ) e on true
    left join lateral (
      select json_strip_nulls(json_agg(json_build_object(
        'runId', r.run_id, 'runKey', r.run_key, 'runType', r.run_type, 'state', r.state, 'logicalDate', millrace.micros(r.logical_date),
        'startedAt', millrace.micros(r.started_at), 'endedAt', millrace.micros(r.ended_at)) order by r.logical_date desc)) as runs
      from (
        select r.run_id, r.run_key, r.run_type, r.state, r.logical_date, r.started_at, r.ended_at
        from millrace.dag_run r
        where r.dag_id = d.dag_id
        order by r.logical_date desc
        limit ${RECENT_RUNS}
      ) r
    ) recent on true
  ) x on true
  order by x.key, x.dag_id`;

// There are many more versions than DAGs: each newest one is probed for.
const FACETS = `
  with listed as materialized (
    select d.paused, v.tags, v.owners, ${LAST_STATE} as last_state
    from millrace.dag d
    cross join lateral (
      select n.tags, n.owners from millrace.dag_version n where n.dag_id = d.dag_id and n.version = d.version offset 0
    ) v
    where d.active and ($1::text[] is null or d.dag_id = any ($1))
  )
  select
    (select count(*)::integer from listed) as total,
    (select count(*)::integer from listed where paused) as paused,
    (
      select json_agg(json_build_object('tag', t.tag, 'count', t.count) order by t.tag)
      from (select u.tag, count(*) as count from listed l, unnest(l.tags) u (tag) group by u.tag) t
    ) as tags,
    (
      select json_agg(json_build_object('owner', o.owner, 'count', o.count) order by o.owner)
      from (select u.owner, count(*) as count from listed l, unnest(l.owners) u (owner) group by u.owner) o
    ) as owners,
    (
      select json_object_agg(s.last_state, s.count)
      from (select last_state, count(*) as count from listed where last_state is not null group by last_state) s
    ) as states`;

interface OverviewSql {
  readonly total: number;
  readonly key: number;
  /** Null on the one row that only tells the total. */
  readonly dag_id: string | null;
  readonly file: string;
  readonly active: boolean;
  readonly paused: boolean;
  readonly version: number;
  readonly owner: number | null;
  readonly next_logical_date: Micros | null;
  readonly next_interval_start: Micros | null;
  readonly next_interval_end: Micros | null;
  readonly next_run_after: Micros | null;
  readonly tags: readonly string[] | null;
  readonly owners: readonly string[] | null;
  readonly summary: string;
  readonly message: string | null;
  readonly line: number | null;
  readonly runs: readonly RecentRun[] | null;
}

/** DAGs with what became of their runs. */
export async function listDagOverviews(
  pool: DatabasePool,
  request: DagOverviewRequest,
): Promise<Page<DagOverview> & { readonly total: number }> {
  const limit = limitOf(request);
  const { tags, allTags = false, orderBy = "dagId" } = request;
  const fitting = conditions([
    ["d.dag_id = any (?::text[])", request.dagIds],
    ["d.active", request.includeInactive === true ? undefined : true],
    ["strpos(lower(d.dag_id), lower(?)) > 0", request.search],
    [`v.tags ${allTags ? "@>" : "&&"} ?::text[]`, tags?.length === 0 ? undefined : tags],
    ["v.owners @> array[?::text]", request.owner],
    ["d.paused = ?", request.paused],
    [`${LAST_STATE} = ?`, request.lastRunState],
  ]);
  const [key, dagId] = keyAfter<[number, string]>(request) ?? [-LAST, ""];
  const text = listed(KEYS[orderBy], fitting.text, fitting.values.length);
  const values = [...fitting.values, key, dagId, limit + 1];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<OverviewSql>(text, values));
  const found = rows.filter((row): row is FoundSql => row.dag_id !== null);
  const page = pageOf(found, limit, { item: (row) => row, key: (row) => [row.key, row.dag_id] });
  const totals = await makeTotals(pool).runs({ dagIds: page.items.map((row) => row.dag_id) });
  const byDag = Map.groupBy(totals, (total) => total.dagId);
  return {
    ...page,
    items: page.items.map((row) => overviewOf(row, countsOf(byDag.get(row.dag_id) ?? []))),
    total: rows[0].total,
  };
}

/** What DAGs can be narrowed by. @param dagIds absent = all */
export async function readDagFacets(pool: DatabasePool, dagIds?: readonly string[]): Promise<DagFacets> {
  type FacetsSql = {
    total: number;
    paused: number;
    tags: DagFacets["tags"] | null;
    owners: DagFacets["owners"] | null;
    states: RunCounts | null;
  };
  const { rows } = await runGuarded(pool, "any", (client) => client.query<FacetsSql>(FACETS, [dagIds ?? null]));
  const [{ total, paused, tags, owners, states }] = rows;
  return { total, paused, tags: tags ?? [], owners: owners ?? [], lastRunStates: states ?? {} };
}

type FoundSql = OverviewSql & { readonly dag_id: string };

function overviewOf(row: FoundSql, runCounts: RunCounts): DagOverview {
  // Summaries made by a migration say null where there is nothing.
  const { displayName, description, schedule } = JSON.parse(
    row.summary,
    (_, value: unknown) => value ?? undefined,
  ) as VersionSummary;
  const {
    next_logical_date: logicalDate,
    next_interval_start: intervalStart,
    next_interval_end: intervalEnd,
    next_run_after: runAfter,
  } = row;
  const recentRuns = row.runs ?? [];
  const [lastRun] = recentRuns;
  return {
    dagId: row.dag_id,
    file: row.file,
    active: row.active,
    paused: row.paused,
    version: row.version,
    tags: row.tags ?? [],
    owners: row.owners ?? [],
    schedule,
    recentRuns,
    runCounts,
    ...(row.owner !== null && { owner: row.owner }),
    ...(displayName !== undefined && { displayName }),
    ...(description !== undefined && { description }),
    ...(lastRun && { lastRun }),
    ...(row.message !== null && {
      importError: { message: row.message, ...(row.line !== null && { line: row.line }) },
    }),
    ...(logicalDate !== null &&
      intervalStart !== null &&
      intervalEnd !== null &&
      runAfter !== null && { nextRun: { logicalDate, intervalStart, intervalEnd, runAfter } }),
  };
}

function countsOf(totals: readonly RunTotal[]): RunCounts {
  const counts: Record<string, number> = {};
  for (const { state, runs } of totals) counts[state] = (counts[state] ?? 0) + runs;
  return counts;
}
