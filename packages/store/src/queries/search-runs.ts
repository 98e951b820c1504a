import type { Micros, Page, PageRequest, RunSearch, RunSummary } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { among, conditions, within, type Condition } from "./conditions.ts";
import { indexedStates } from "./indexed-states.ts";
import { LISTED_RUN_COLUMNS, listedRunOf, type ListedRunSql } from "./list-runs.ts";
import { keyAfter, limitOf, pageAfter, pageOf } from "./page.ts";
import { runGuarded } from "./run-guarded.ts";

/** Runs that a page looks at: there is no index for every filter, so that what is rare is looked for in parts. */
const LOOKED_AT = 20_000;

type RunKey = Pick<ListedRunSql, "run_id" | "logical_date">;

interface Order {
  readonly columns: string;
  readonly keyOf: (row: RunKey) => readonly number[];
  /** What holds for the runs after a key. */
  readonly after: (key: readonly Micros[] | undefined) => Condition;
}

// Primary key, backwards; of unfinished runs index dag_run_live, of failed ones dag_run_failed.
const BY_ID: Order = {
  columns: "r.run_id desc",
  keyOf: (row) => [row.run_id],
  after: (key) => ["r.run_id < ?", key?.[0]],
};

// Index logical_date_unique, backwards.
const BY_DATE_OF_DAG: Order = {
  columns: "r.logical_date desc",
  keyOf: (row) => [row.logical_date],
  after: (key) => ["r.logical_date < millrace.instant(?)", key?.[0]],
};

// Index dag_run_by_date, backwards.
const BY_DATE: Order = {
  columns: "r.logical_date desc, r.run_id desc",
  keyOf: (row) => [row.logical_date, row.run_id],
  after: (key) => ["(r.logical_date, r.run_id) < (millrace.instant((?::bigint[])[1]), (?::bigint[])[2])", key],
};

/**
 * Runs that fit, newest first: by logical date within a DAG or a range of logical dates, else by creation.
 *
 * @returns fewer than the limit, or none, and yet `next`, when 20 000 runs were looked at and too few of them fit
 */
export async function searchRuns(pool: DatabasePool, request: PageRequest & RunSearch): Promise<Page<RunSummary>> {
  const limit = limitOf(request);
  const { dagId, logicalDate, states } = request;
  const order = dagId !== undefined ? BY_DATE_OF_DAG : logicalDate ? BY_DATE : BY_ID;
  const looked = conditions([
    ["r.dag_id = ?", dagId],
    ...within("r.logical_date", logicalDate),
    order.after(keyAfter<number[]>(request)),
    [(order === BY_ID && indexedStates(states)) || "true", true],
  ]);
  const fitting = conditions(
    [
      among("r.dag_id", request.dagIds),
      among("r.state::text", states),
      among("r.run_type::text", request.runTypes),
      ["r.triggered_by = ?", request.triggeredBy],
      ["strpos(lower(r.run_key), lower(?)) > 0", request.keyPart],
      ...within("r.queued_at", request.queuedAt),
    ],
    looked.values.length,
  );
  const inOrder = `${looked.text} order by ${order.columns}`;
  const values = [...looked.values, ...fitting.values];
  const page = `
  select ${LISTED_RUN_COLUMNS}
  from (select * from millrace.dag_run r ${inOrder} limit ${LOOKED_AT}) r
  ${fitting.text}
  order by ${order.columns}
  limit $${values.length + 1}`;
  const last = `select r.run_id, r.logical_date from millrace.dag_run r ${inOrder} limit 1 offset ${LOOKED_AT - 1}`;
  return await runGuarded(pool, "any", async (client) => {
    const { rows } = await client.query<ListedRunSql>(page, [...values, limit + 1]);
    if (rows.length > limit) return pageOf(rows, limit, { item: listedRunOf, key: order.keyOf });
    const { rows: ends } = await client.query<RunKey>(last, [...looked.values]);
    const [end] = ends;
    return { items: rows.map(listedRunOf), ...(end && { next: pageAfter(order.keyOf(end)) }) };
  });
}
