import type { InstanceFilter, InstanceOrder, ListedInstance, Micros, OffsetList, OffsetRequest } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { among, conditions, within, type Condition } from "./conditions.ts";
import { instanceOf, type InstanceSql } from "./list-task-instances.ts";
import { runGuarded } from "./run-guarded.ts";
import { totalOf } from "./total-of.ts";

// Runs first: by their key, by dag_run_by_dag or the primary key; then the primary key of task_instance.
const INSTANCES = "millrace.dag_run r join millrace.task_instance t on t.run_id = r.run_id";

const SECONDS = "extract(epoch from t.ended_at - t.started_at)";

const SELECT = `
  select t.run_id, t.task_id, t.map_index, t.map_name, t.state, t.try_number, t.max_tries, t.dag_version, t.queued_at, t.started_at, t.ended_at, t.due_at,
    t.worker_id, t.cause, t.rendered, r.dag_id, r.run_key, r.logical_date, r.dag_version as run_version,
    (select n.note from millrace.task_note n where n.run_id = t.run_id and n.task_id = t.task_id and n.map_index = t.map_index) as note
  from ${INSTANCES}`;

const KEY = ["r.run_id", "t.task_id", "t.map_index"];
const ORDERS: Readonly<Record<InstanceOrder, readonly string[]>> = {
  key: KEY,
  state: ["t.state", ...KEY],
  seconds: [SECONDS, ...KEY],
  startedAt: ["t.started_at", ...KEY],
  endedAt: ["t.ended_at", ...KEY],
};

type ListedSql = InstanceSql & {
  readonly dag_id: string;
  readonly run_key: string;
  readonly logical_date: Micros;
  readonly run_version: number;
  readonly note: string | null;
};

/** Task instances that fit, a part of them by position. */
export async function listInstancesByOffset(
  pool: DatabasePool,
  filter: InstanceFilter,
  page: OffsetRequest & { readonly by: InstanceOrder; readonly descending: boolean },
): Promise<OffsetList<ListedInstance>> {
  const fitting = conditions(instanceConditions(filter));
  const direction = page.descending ? "desc" : "asc";
  const order = ORDERS[page.by].map((column) => `${column} ${direction}`).join(", ");
  const at = fitting.values.length;
  // `Infinity` = all that there are.
  const limit = Number.isFinite(page.limit) ? page.limit : null;
  const text = `${SELECT}\n  ${fitting.text}\n  order by ${order}\n  limit $${at + 1} offset $${at + 2}`;
  return await runGuarded(pool, "any", async (client) => {
    const { rows } = await client.query<ListedSql>(text, [...fitting.values, limit, page.offset]);
    return { items: rows.map(listedOf), total: await totalOf(client, INSTANCES, fitting) };
  });
}

function instanceConditions(filter: InstanceFilter): readonly Condition[] {
  return [
    among("r.dag_id", filter.dagIds),
    among("r.run_key", filter.runKeys),
    ...within("r.logical_date", filter.logicalDate),
    among("t.task_id", filter.taskIds),
    ["t.map_index >= case when ? then 0 end", filter.onlyMapped],
    ["t.map_index = ?", filter.mapIndex],
    ["t.state = any (?::text[]::millrace.task_state[])", filter.states],
    ...within("t.started_at", filter.startedAt),
    ...within("t.ended_at", filter.endedAt),
    // Nothing of a run starts or ends after its end: whole runs are left out before their instances are looked at.
    ["(r.ended_at is null or r.ended_at >= millrace.instant(?))", filter.startedAt?.from ?? filter.endedAt?.from],
    ...within("greatest(r.queued_at, t.queued_at, t.started_at, t.ended_at)", filter.changedAt),
    [`${SECONDS} >= ?`, filter.seconds?.from],
    [`${SECONDS} <= ?`, filter.seconds?.to],
    inGraph("pool", filter),
    inGraph("queue", filter),
  ];
}

/** Which pool and queue a task takes is in the graph of the version that it ran on, or will. The graphs of the DAGs in question are read once. */
function inGraph(field: "pool" | "queue", { dagIds, pools, queues }: InstanceFilter): Condition {
  const wanted = field === "pool" ? pools : queues;
  const given = wanted && JSON.stringify({ wanted, dagIds });
  return [
    `(r.dag_id, coalesce(t.dag_version, r.dag_version), t.task_id) in (
      select v.dag_id, v.version, task ->> 'taskId'
      from millrace.dag_version v
      cross join lateral json_array_elements(v.graph::json -> 'tasks') task
      where (?::json -> 'dagIds' is null or v.dag_id in (select json_array_elements_text(?::json -> 'dagIds')))
        and task ->> '${field}' in (select json_array_elements_text(?::json -> 'wanted')))`,
    given,
  ];
}

function listedOf(row: ListedSql): ListedInstance {
  return {
    ...instanceOf(row),
    dagId: row.dag_id,
    runKey: row.run_key,
    logicalDate: row.logical_date,
    runVersion: row.run_version,
    ...(row.note !== null && { note: row.note }),
  };
}
