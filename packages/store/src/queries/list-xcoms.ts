import type { ListedXCom, Micros, OffsetList, OffsetRequest, XComFilter } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { among, conditions } from "./conditions.ts";
import { runGuarded } from "./run-guarded.ts";
import { totalOf } from "./total-of.ts";

// A result is an XCom under Airflow's name for it. Primary keys of task_instance and xcom give the order.
const RESULTS = `(
      select t.run_id, t.task_id, t.map_index, 'return_value'::text collate "C" as key, t.ended_at as at
      from millrace.task_instance t
      where t.state = 'success' and t.result is not null
    )`;

const ENTRIES = [RESULTS, "millrace.xcom"].map((table) => `millrace.dag_run r join ${table} e on e.run_id = r.run_id`);

const KEY = "run_id, task_id, map_index, key";

interface XComSql {
  readonly dag_id: string;
  readonly run_key: string;
  readonly logical_date: Micros;
  readonly run_id: number;
  readonly task_id: string;
  readonly map_index: number;
  readonly key: string;
  readonly at: Micros;
}

/** XComs that fit, without their values, a part of them by position. */
export async function listXComs(
  pool: DatabasePool,
  filter: XComFilter,
  { limit, offset }: OffsetRequest,
): Promise<OffsetList<ListedXCom>> {
  const fitting = conditions([
    among("r.dag_id", filter.dagIds),
    ["r.run_key = ?", filter.runKey],
    ["e.task_id = ?", filter.taskId],
    ["e.map_index = ?", filter.mapIndex],
    ["e.key = ?", filter.key],
  ]);
  const at = fitting.values.length;
  // Neither kind is read further than the page reaches.
  const branches = ENTRIES.map(
    (from) => `(
    select r.dag_id, r.run_key, r.logical_date, r.run_id, e.task_id, e.map_index, e.key, coalesce(e.at, r.queued_at) as at
    from ${from}
    ${fitting.text}
    order by ${KEY}
    limit $${at + 1}::bigint + $${at + 2}::bigint
  )`,
  );
  const text = `
  select dag_id, run_key, logical_date, run_id, task_id, map_index, key, at
  from (${branches.join(" union all ")}) x
  order by ${KEY}
  limit $${at + 1} offset $${at + 2}`;
  const values = [...fitting.values, limit, offset];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<XComSql>(text, values));
  let total = 0;
  for (const from of ENTRIES) total += await totalOf(pool, from, fitting);
  return { items: rows.map(listedOf), total };
}

function listedOf(row: XComSql): ListedXCom {
  return {
    dagId: row.dag_id,
    runKey: row.run_key,
    logicalDate: row.logical_date,
    runId: row.run_id,
    taskId: row.task_id,
    mapIndex: row.map_index,
    key: row.key,
    at: row.at,
  };
}
