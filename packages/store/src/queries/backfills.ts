import {
  MillraceError,
  type BackfillInfo,
  type BackfillRow,
  type BackfillState,
  type BackfillWish,
  type Micros,
  type Page,
  type PageRequest,
  type Reprocess,
  type RunAtDate,
  type RunState,
} from "@millrace/core";
import { cleanText, storable } from "../commit/text-rules.ts";
import type { DatabasePool } from "../postgres/index.ts";
import { keyAfter, limitOf, pageOf } from "./page.ts";
import { runGuarded } from "./run-guarded.ts";

const COLUMNS = `
    b.backfill_id, b.dag_id, b.state, b.from_date, b.to_date, b.reprocess, b.reverse, b.max_active_runs, b.conf, b.task_ids, b.by, b.created_at,
    b.cursor_date, b.ended_at`;

// Index dag_run_of_backfill.
const COUNTS = `
    (select json_object_agg(c.state, c.count)
     from (select r.state, count(*) as count from millrace.dag_run r where r.backfill_id = b.backfill_id group by r.state) c) as counts`;

const WAKE_OWNERS = "select pg_notify('millrace_dags', '')";

const CREATE = `
  with made as (
    insert into millrace.backfill (dag_id, from_date, to_date, reprocess, reverse, max_active_runs, conf, task_ids, by)
    select d.dag_id, millrace.instant($2), millrace.instant($3), $4, $5, $6, $7, $8, $9
    from millrace.dag d
    where d.dag_id = $1
      and not exists (select from millrace.backfill o where o.dag_id = $1 and o.state in ('running', 'paused'))
    -- Two at the same moment.
    on conflict (dag_id) where state in ('running', 'paused') do nothing
    returning *
  )
  select ${COLUMNS}, null::json as counts
  from made b`;

// Index backfill_open.
const OPEN = `
  select ${COLUMNS}, null::json as counts
  from millrace.backfill b
  where b.dag_id = any ($1) and b.state in ('running', 'paused')
  order by b.backfill_id`;

const LIST = `
  select ${COLUMNS}, ${COUNTS}
  from millrace.backfill b
  where ($1::text is null or b.dag_id = $1) and ($2::bigint is null or b.backfill_id < $2)
  order by b.backfill_id desc
  limit $3`;

const ONE = `
  select ${COLUMNS}, ${COUNTS}
  from millrace.backfill b
  where b.backfill_id = $1`;

const SET_STATE = `
  update millrace.backfill
  set state = $2, ended_at = case when $2 = 'cancelled' then now() end
  where backfill_id = $1 and state in ('running', 'paused')`;

const ADVANCE = `
  update millrace.backfill
  set cursor_date = coalesce(millrace.instant($2), cursor_date),
    state = case when $3 and state in ('running', 'paused') then 'ended' else state end,
    ended_at = case when $3 and state in ('running', 'paused') then now() else ended_at end
  where backfill_id = $1`;

// Index logical_date_unique.
const AT_DATES = `
  select r.run_id, r.run_key, r.logical_date, r.state, r.backfill_id
  from unnest($2::bigint[]) d (at)
  join millrace.dag_run r on r.dag_id = $1 and r.logical_date = millrace.instant(d.at)`;

interface BackfillSql {
  readonly backfill_id: number;
  readonly dag_id: string;
  readonly state: BackfillState;
  readonly from_date: Micros;
  readonly to_date: Micros;
  readonly reprocess: Reprocess;
  readonly reverse: boolean;
  readonly max_active_runs: number;
  readonly conf: string | null;
  readonly task_ids: string | null;
  readonly by: string;
  readonly created_at: Micros;
  readonly cursor_date: Micros | null;
  readonly ended_at: Micros | null;
  readonly counts: Readonly<Partial<Record<RunState, number>>> | null;
}

/**
 * Writes a backfill down and wakes the owner of its DAG.
 *
 * @throws MillraceError CONFLICT when the DAG has an open one, NOT_FOUND when there is no such DAG, DATA_REJECTED
 */
export async function createBackfill(pool: DatabasePool, wish: BackfillWish, by: string): Promise<BackfillInfo> {
  const exact = (text: string, column: string): string => storable(text, { runId: 0, column });
  const values = [
    exact(wish.dagId, "the DAG id"),
    wish.from,
    wish.to,
    wish.reprocess,
    wish.reverse,
    wish.maxActiveRuns,
    wish.conf === null ? null : exact(wish.conf, "the conf"),
    wish.taskIds === undefined ? null : exact(JSON.stringify(wish.taskIds), "the task ids"),
    cleanText(by),
  ];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<BackfillSql>(CREATE, values));
  if (rows[0] === undefined) throw await whyNot(pool, wish.dagId);
  await runGuarded(pool, "any", (client) => client.query(WAKE_OWNERS));
  return fromSql(rows[0]);
}

/** Backfills of these DAGs that are running or paused. */
export async function openBackfills(pool: DatabasePool, dagIds: readonly string[]): Promise<readonly BackfillRow[]> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<BackfillSql>(OPEN, [dagIds]));
  return rows.map(fromSql);
}

/** Backfills of a DAG, or of all, the newest first. */
export async function listBackfills(
  pool: DatabasePool,
  request: PageRequest & { readonly dagId?: string },
): Promise<Page<BackfillInfo>> {
  const limit = limitOf(request);
  const [before = null] = keyAfter<[number]>(request) ?? [];
  const values = [request.dagId ?? null, before, limit + 1];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<BackfillSql>(LIST, values));
  return pageOf(rows, limit, { item: fromSql, key: (row) => [row.backfill_id] });
}

/** One backfill. */
export async function findBackfill(pool: DatabasePool, backfillId: number): Promise<BackfillInfo | undefined> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<BackfillSql>(ONE, [backfillId]));
  return rows[0] && fromSql(rows[0]);
}

/** Pauses, resumes or cancels. @throws MillraceError NOT_FOUND, CONFLICT when it is over */
export async function setBackfillState(
  pool: DatabasePool,
  backfillId: number,
  state: "running" | "paused" | "cancelled",
): Promise<BackfillInfo> {
  const { rowCount } = await runGuarded(pool, "any", (client) => client.query(SET_STATE, [backfillId, state]));
  await runGuarded(pool, "any", (client) => client.query(WAKE_OWNERS));
  const found = await findBackfill(pool, backfillId);
  if (!found) throw new MillraceError("NOT_FOUND", `there is no backfill ${backfillId}`);
  if (rowCount === 0)
    throw new MillraceError("CONFLICT", `the backfill ${backfillId} of ${found.dagId} is ${found.state} already`);
  return found;
}

/** Notes how far it has come, and that it is over. */
export async function advanceBackfill(
  pool: DatabasePool,
  backfillId: number,
  to: { readonly cursor?: Micros; readonly ended: boolean },
): Promise<void> {
  await runGuarded(pool, "any", (client) => client.query(ADVANCE, [backfillId, to.cursor ?? null, to.ended]));
}

/** Runs of a DAG with these logical dates. */
export async function runsAtDates(
  pool: DatabasePool,
  dagId: string,
  dates: readonly Micros[],
): Promise<readonly RunAtDate[]> {
  type Sql = {
    run_id: number;
    run_key: string;
    logical_date: Micros;
    state: RunState;
    backfill_id: number | null;
  };
  const { rows } = await runGuarded(pool, "any", (client) => client.query<Sql>(AT_DATES, [dagId, dates]));
  return rows.map((row) => ({
    runId: row.run_id,
    runKey: row.run_key,
    logicalDate: row.logical_date,
    state: row.state,
    ...(row.backfill_id !== null && { backfillId: row.backfill_id }),
  }));
}

async function whyNot(pool: DatabasePool, dagId: string): Promise<MillraceError> {
  const [open] = await openBackfills(pool, [dagId]);
  if (!open) return new MillraceError("NOT_FOUND", `there is no DAG ${dagId}`);
  return new MillraceError(
    "CONFLICT",
    `the DAG ${dagId} has a backfill that is ${open.state} (${open.backfillId}); wait for it, or cancel it first`,
  );
}

function fromSql(row: BackfillSql): BackfillInfo {
  return {
    backfillId: row.backfill_id,
    dagId: row.dag_id,
    state: row.state,
    from: row.from_date,
    to: row.to_date,
    reprocess: row.reprocess,
    reverse: row.reverse,
    maxActiveRuns: row.max_active_runs,
    conf: row.conf,
    ...(row.task_ids !== null && { taskIds: JSON.parse(row.task_ids) as readonly string[] }),
    by: row.by,
    createdAt: row.created_at,
    ...(row.cursor_date !== null && { cursor: row.cursor_date }),
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
    counts: row.counts ?? {},
  };
}
