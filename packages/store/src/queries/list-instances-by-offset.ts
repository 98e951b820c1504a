import type {
  InstanceFilter,
  InstanceOrder,
  ListedInstance,
  Micros,
  OffsetList,
  OffsetRequest,
  TaskState,
  Totals,
} from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { among, conditions, within, type Condition, type Conditions } from "./conditions.ts";
import { UNFINISHED } from "./indexed-states.ts";
import { instanceOf, type InstanceSql } from "./list-task-instances.ts";
import { runGuarded } from "./run-guarded.ts";
import { asksOnly, totalOf } from "./total-of.ts";

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

/** States that no instance of an ended run is in: the end of a run ends them. */
const IN_WORK: ReadonlySet<TaskState> = new Set<TaskState>([
  "scheduled",
  "queued",
  "running",
  "restarting",
  "deferred",
  "up_for_retry",
  "up_for_reschedule",
]);

type ListedSql = InstanceSql & {
  readonly dag_id: string;
  readonly run_key: string;
  readonly logical_date: Micros;
  readonly run_version: number;
  readonly note: string | null;
};

/** Task instances that fit, a part of them by position. */
export async function listInstancesByOffset(
  { pool, totals }: From,
  filter: InstanceFilter,
  page: OffsetRequest & { readonly by: InstanceOrder; readonly descending: boolean },
): Promise<OffsetList<ListedInstance>> {
  const fitting = conditions(instanceConditions(filter));
  const direction = page.descending ? "desc" : "asc";
  const order = ORDERS[page.by].map((column) => `${column} ${direction}`).join(", ");
  const at = fitting.values.length;
  const text = `${SELECT}\n  ${fitting.text}\n  order by ${order}\n  limit $${at + 1} offset $${at + 2}`;
  const values = [...fitting.values, page.limit, page.offset];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<ListedSql>(text, values));
  return { items: rows.map(listedOf), total: await totalOfInstances({ pool, totals }, filter, fitting) };
}

interface From {
  readonly pool: DatabasePool;
  readonly totals: Totals;
}

/** Where no more is asked than totals are kept of, no rows are counted: over all runs there are millions. */
async function totalOfInstances({ pool, totals }: From, filter: InstanceFilter, fitting: Conditions): Promise<number> {
  const { dagIds, states } = filter;
  if (asksOnly(filter, ["dagIds", "states"]))
    return await totals.countInstances({ ...(dagIds && { dagIds }), ...(states && { states }) });
  // Every instance has its run: where nothing is asked about runs, theirs are not looked at.
  const from = fitting.text.includes("r.") ? INSTANCES : "millrace.task_instance t";
  return await totalOf(pool, from, fitting);
}

function instanceConditions(filter: InstanceFilter): readonly Condition[] {
  return [
    among("r.dag_id", filter.dagIds),
    among("r.run_key", filter.runKeys),
    ofOneRun(filter),
    ...within("r.logical_date", filter.logicalDate),
    among("t.task_id", filter.taskIds),
    ["t.map_index >= case when ? then 0 end", filter.onlyMapped],
    ["t.map_index = ?", filter.mapIndex],
    ["t.state = any (?::text[]::millrace.task_state[])", filter.states],
    // Only runs that have not ended have such instances: index dag_run_live.
    [UNFINISHED, filter.states?.every((state) => IN_WORK.has(state)) || undefined],
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

/** The id of the one run that can fit: with it the primary key gives the order, and a page of a run with 100 000 instances reads no more than the page. */
function ofOneRun({ dagIds, runKeys }: InstanceFilter): Condition {
  return [
    `r.run_id = (select k.run_id from millrace.dag_run k where k.dag_id = (?::text[])[1] and k.run_key = (?::text[])[2])`,
    dagIds?.length === 1 && runKeys?.length === 1 ? [...dagIds, ...runKeys] : undefined,
  ];
}

/**
 * Which pool and queue a task takes is in the graph of the version that it ran on, or will. Stands beside `dag_run r` and `task_instance t`.
 *
 * Materialized, so that the graphs of the DAGs in question are read once: the planner would look into one for each instance (3.6 s for 20 000).
 */
export function inGraph(
  field: "pool" | "queue",
  { dagIds, pools, queues }: Pick<InstanceFilter, "dagIds" | "pools" | "queues">,
): Condition {
  const wanted = field === "pool" ? pools : queues;
  const given = wanted && JSON.stringify({ wanted, dagIds });
  return [
    `(r.dag_id, coalesce(t.dag_version, r.dag_version), t.task_id) in (
      with placed as materialized (
        select v.dag_id, v.version, task ->> 'taskId' as task_id
        from millrace.dag_version v
        cross join lateral json_array_elements(v.graph::json -> 'tasks') task
        where (?::json -> 'dagIds' is null or v.dag_id in (select json_array_elements_text(?::json -> 'dagIds')))
          and task ->> '${field}' in (select json_array_elements_text(?::json -> 'wanted'))
      )
      select dag_id, version, task_id from placed)`,
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
