import type { ListedRun, Micros, OffsetList, OffsetRequest, RunFilter, RunOrder, Totals } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { RUN_COLUMNS } from "../rows.ts";
import { among, conditions, within, type Condition } from "./conditions.ts";
import { indexedStates } from "./indexed-states.ts";
import { detailOf, type DetailSql } from "./list-runs.ts";
import { runGuarded } from "./run-guarded.ts";
import { asksOnly, totalOf } from "./total-of.ts";

const RUNS = "millrace.dag_run r";

const CHANGED_AT = "(select c.at from millrace.run_change c where c.run_id = r.run_id order by c.version desc limit 1)";

const COLUMNS = `
  select ${RUN_COLUMNS}, r.cause, ${CHANGED_AT} as changed_at,
    (select c.counts from millrace.run_change c where c.run_id = r.run_id order by c.version desc limit 1) as counts,
    (select n.note from millrace.run_note n where n.run_id = r.run_id) as note`;

/** Indexes dag_run_by_dag and logical_date_unique give the order of one DAG's runs, the primary key that of all; other orders sort what fits. */
const ORDERS: Readonly<Record<RunOrder, string>> = {
  runId: "r.run_id",
  state: "r.state",
  dagId: "r.dag_id",
  logicalDate: "r.logical_date",
  runKey: "r.run_key",
  startedAt: "r.started_at",
  endedAt: "r.ended_at",
  changedAt: CHANGED_AT,
  isExternal: "(r.run_type = 'manual')",
  conf: "r.conf",
};

type ListedSql = DetailSql & { readonly changed_at: Micros | null };

/** Runs that fit, a part of them by position. */
export async function listRunsByOffset(
  { pool, totals }: { readonly pool: DatabasePool; readonly totals: Totals },
  filter: RunFilter,
  page: OffsetRequest & { readonly by: RunOrder; readonly descending: boolean },
): Promise<OffsetList<ListedRun>> {
  const fitting = conditions(runConditions(filter));
  const direction = page.descending ? "desc" : "asc";
  const order =
    page.by === "runId" ? `r.run_id ${direction}` : `${ORDERS[page.by]} ${direction}, r.run_id ${direction}`;
  const at = fitting.values.length;
  // The probes of run_change's and run_note's keys come after the page is cut out: those before it would pay for them, too.
  const cut = `select r.* from ${RUNS} ${fitting.text} order by ${order} limit $${at + 1} offset $${at + 2}`;
  const text = `${COLUMNS}\n  from (${cut}) r\n  order by ${order}`;
  const values = [...fitting.values, page.limit, page.offset];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<ListedSql>(text, values));
  const { dagIds, states } = filter;
  const total = asksOnly(filter, ["dagIds", "states"])
    ? await totals.countRuns({ ...(dagIds && { dagIds }), ...(states && { states }) })
    : await totalOf(pool, RUNS, fitting);
  return { items: rows.map(listedOf), total };
}

/** The run that people know by this key. */
export async function findListedRun(pool: DatabasePool, dagId: string, runKey: string): Promise<ListedRun | undefined> {
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<ListedSql>(`${COLUMNS}\n  from ${RUNS}\n  where r.dag_id = $1 and r.run_key = $2`, [dagId, runKey]),
  );
  return rows[0] && listedOf(rows[0]);
}

function runConditions(filter: RunFilter): readonly Condition[] {
  const narrower = indexedStates(filter.states);
  return [
    among("r.dag_id", filter.dagIds),
    among("r.run_key", filter.runKeys),
    ["r.state = any (?::text[]::millrace.run_state[])", filter.states],
    ...(narrower === undefined ? [] : [[narrower, true] as const]),
    ...within("r.logical_date", filter.logicalDate),
    ...within("r.started_at", filter.startedAt),
    ...within("r.ended_at", filter.endedAt),
    ...within(CHANGED_AT, filter.changedAt),
  ];
}

function listedOf(row: ListedSql): ListedRun {
  return { ...detailOf(row), changedAt: row.changed_at ?? row.queued_at };
}
