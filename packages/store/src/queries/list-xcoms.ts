import type { ListedXCom, Micros, OffsetList, OffsetRequest, XComFilter } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { among, conditions } from "./conditions.ts";
import { runGuarded } from "./run-guarded.ts";
import { totalOf } from "./total-of.ts";

// A result is an XCom under Airflow's name for it. Primary keys of task_instance and xcom.
const XCOMS = `(
    select r.dag_id, r.run_key, r.logical_date, t.run_id, t.task_id, t.map_index, 'return_value'::text collate "C" as key, coalesce(t.ended_at, r.queued_at) as at
    from millrace.dag_run r
    join millrace.task_instance t on t.run_id = r.run_id
    where t.state = 'success' and t.result is not null
    union all
    select r.dag_id, r.run_key, r.logical_date, x.run_id, x.task_id, x.map_index, x.key, x.at
    from millrace.dag_run r
    join millrace.xcom x on x.run_id = r.run_id
  ) x`;

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
    among("x.dag_id", filter.dagIds),
    ["x.run_key = ?", filter.runKey],
    ["x.task_id = ?", filter.taskId],
    ["x.map_index = ?", filter.mapIndex],
    ["x.key = ?", filter.key],
  ]);
  const at = fitting.values.length;
  const text = `
  select x.dag_id, x.run_key, x.logical_date, x.run_id, x.task_id, x.map_index, x.key, x.at
  from ${XCOMS}
  ${fitting.text}
  order by x.run_id, x.task_id, x.map_index, x.key
  limit $${at + 1} offset $${at + 2}`;
  return await runGuarded(pool, "any", async (client) => {
    const { rows } = await client.query<XComSql>(text, [...fitting.values, limit, offset]);
    return { items: rows.map(listedOf), total: await totalOf(client, XCOMS, fitting) };
  });
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
