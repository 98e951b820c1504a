import {
  TASK_STATES,
  type Micros,
  type Page,
  type PageRequest,
  type RunChangeRow,
  type RunDetail,
  type RunState,
  type RunSummary,
  type TaskState,
} from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { causeFromSql, RUN_COLUMNS, type RunSql } from "../rows.ts";
import { indexedStates } from "./indexed-states.ts";
import { keyAfter, limitOf, pageOf } from "./page.ts";
import { runGuarded } from "./run-guarded.ts";

const MOST_CHANGES = 1_000;

// Counts per state are kept with each change (R2): one probe of run_change's key per run shown, nothing is counted.
/** Columns of {@link ListedRunSql} from `dag_run r`. */
export const LISTED_RUN_COLUMNS = `${RUN_COLUMNS}, r.cause,
    (select c.counts from millrace.run_change c where c.run_id = r.run_id order by c.version desc limit 1) as counts`;

// Index logical_date_unique, backwards.
const OF_DAG = `
  select ${LISTED_RUN_COLUMNS}
  from millrace.dag_run r
  where r.dag_id = $1 and ($2::bigint is null or r.logical_date < millrace.instant($2)) and ($3::text[] is null or r.state::text = any ($3))
  order by r.logical_date desc
  limit $4`;

// Primary key, backwards; of unfinished runs index dag_run_live, of failed ones dag_run_failed.
const ofAll = (narrower = "true"): string => `
  select ${LISTED_RUN_COLUMNS}
  from millrace.dag_run r
  where ($1::bigint is null or r.run_id < $1) and ($2::text[] is null or r.state::text = any ($2)) and ${narrower}
  order by r.run_id desc
  limit $3`;

const BY_KEY = `
  select ${LISTED_RUN_COLUMNS}, n.note
  from millrace.dag_run r
  left join millrace.run_note n on n.run_id = r.run_id
  where r.dag_id = $1 and r.run_key = $2`;

const BY_ID = `
  select ${LISTED_RUN_COLUMNS}, n.note
  from millrace.dag_run r
  left join millrace.run_note n on n.run_id = r.run_id
  where r.run_id = $1`;

const CHANGES = `
  select run_id, version, at, by, changes
  from millrace.run_change
  where run_id = $1 and version > $2
  order by version
  limit ${MOST_CHANGES}`;

/** A run as {@link listedRunOf} reads it. */
export interface ListedRunSql extends RunSql {
  readonly cause: string | null;
  readonly counts: string | null;
}

/** A run as {@link detailOf} reads it. */
export interface DetailSql extends ListedRunSql {
  readonly note: string | null;
}

/** Runs, newest first. */
export async function listRuns(
  pool: DatabasePool,
  request: PageRequest & { readonly dagId?: string; readonly states?: readonly RunState[] },
): Promise<Page<RunSummary>> {
  const limit = limitOf(request);
  const after = keyAfter<[number]>(request)?.[0] ?? null;
  const { states } = request;
  const [text, values] =
    request.dagId === undefined
      ? [ofAll(indexedStates(states)), [after, states ?? null, limit + 1]]
      : [OF_DAG, [request.dagId, after, states ?? null, limit + 1]];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<ListedRunSql>(text, values));
  return pageOf(rows, limit, {
    item: listedRunOf,
    key: (row) => [request.dagId === undefined ? row.run_id : row.logical_date],
  });
}

/** The run that people know by this key. */
export async function findRun(pool: DatabasePool, dagId: string, runKey: string): Promise<RunDetail | undefined> {
  return await findDetail(pool, BY_KEY, [dagId, runKey]);
}

/** One run. */
export async function findRunById(pool: DatabasePool, runId: number): Promise<RunDetail | undefined> {
  return await findDetail(pool, BY_ID, [runId]);
}

/** Changes of a run after a version, oldest first. */
export async function listChanges(
  pool: DatabasePool,
  runId: number,
  afterVersion: number,
): Promise<readonly RunChangeRow[]> {
  type ChangeSql = { run_id: number; version: number; at: Micros; by: number; changes: string };
  const { rows } = await runGuarded(pool, "any", (client) => client.query<ChangeSql>(CHANGES, [runId, afterVersion]));
  return rows.map(({ run_id, ...row }) => ({ runId: run_id, ...row }));
}

async function findDetail(pool: DatabasePool, text: string, values: unknown[]): Promise<RunDetail | undefined> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<DetailSql>(text, values));
  return rows[0] && detailOf(rows[0]);
}

/** A run with what only its own page shows. */
export function detailOf(row: DetailSql): RunDetail {
  const { conf, clear_number: clearNumber, deadline_missed: deadlineMissed } = row;
  return {
    ...listedRunOf(row),
    conf,
    clearNumber,
    deadlineMissed,
    cause: causeFromSql(row.cause),
    note: row.note ?? undefined,
  };
}

/** A run in a list. */
export function listedRunOf(row: ListedRunSql): RunSummary {
  return {
    runId: row.run_id,
    dagId: row.dag_id,
    runKey: row.run_key,
    runType: row.run_type,
    state: row.state,
    dagVersion: row.dag_version,
    logicalDate: row.logical_date,
    intervalStart: row.interval_start,
    intervalEnd: row.interval_end,
    runAfter: row.run_after,
    queuedAt: row.queued_at,
    startedAt: row.started_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    triggeredBy: row.triggered_by,
    changeVersion: row.version ?? 0,
    counts: countsOf(row.counts ?? ""),
  };
}

function countsOf(text: string): Partial<Record<TaskState, number>> {
  const counts: Partial<Record<TaskState, number>> = {};
  if (text === "") return counts;
  text.split(",").forEach((count, code) => {
    const state = TASK_STATES[code];
    if (state !== undefined && count !== "0") counts[state] = Number(count);
  });
  return counts;
}
