import type { InstanceRef, InstanceWindow, Overviews, TaskInstanceDetail } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { instanceOf, type InstanceSql } from "../queries/list-task-instances.ts";
import { runGuarded } from "../queries/run-guarded.ts";

const MOST_KEYS = 1_000;

const COLUMNS = `t.run_id, t.task_id, t.map_index, t.map_name, t.state, t.try_number, t.max_tries, t.dag_version, t.queued_at, t.started_at, t.ended_at,
    t.due_at, t.worker_id, t.cause`;

// Map indexes of a task have no holes, so that its first and its last one tell how many there are: three probes of the primary key for each task.
const PLACE = `
  with recursive task as (
    (
      select t.task_id
      from millrace.task_instance t
      where t.run_id = $1 and ($2::text is null or t.task_id = $2)
      order by t.run_id, t.task_id, t.map_index
      limit 1
    )
    union all
    select (
      select t.task_id
      from millrace.task_instance t
      where t.run_id = $1 and t.task_id > task.task_id and $2::text is null
      order by t.run_id, t.task_id, t.map_index
      limit 1
    )
    from task
    where task.task_id is not null
  ), size as (
    select k.task_id, k.first, k.last - k.first + 1 as size
    from (
      select task.task_id,
        (
          select t.map_index from millrace.task_instance t where t.run_id = $1 and t.task_id = task.task_id
          order by t.run_id, t.task_id, t.map_index limit 1
        ) as first,
        (
          select t.map_index from millrace.task_instance t where t.run_id = $1 and t.task_id = task.task_id
          order by t.run_id desc, t.task_id desc, t.map_index desc limit 1
        ) as last
      from task
      where task.task_id is not null
    ) k
  ), placed as materialized (
    select task_id, first, size, sum(size) over (order by task_id) - size as begin
    from size
  )
  select coalesce((select sum(size) from placed), 0)::bigint as total, p.task_id, (p.first + $3::bigint - p.begin)::integer as map_index
  from (select) one
  left join placed p on $3::bigint >= p.begin and $3::bigint < p.begin + p.size`;

// Primary key, from a position on.
const FROM = `
  select ${COLUMNS}
  from millrace.task_instance t
  where t.run_id = $1 and (t.task_id, t.map_index) >= ($2, $3) and ($4::text is null or t.task_id = $4)
  order by t.run_id, t.task_id, t.map_index
  limit $5`;

// Primary key: all instances of the run, or of the task in it.
const FITTING = `
  from millrace.task_instance t
  where t.run_id = $1 and ($2::text is null or t.task_id = $2) and t.state::text = any ($3)`;

const COUNT = `select count(*)::integer as total ${FITTING}`;

const WITH_STATES = `
  select ${COLUMNS}
  ${FITTING}
  order by t.run_id, t.task_id, t.map_index
  limit $4
  offset $5`;

// Primary keys of task_instance, task_note and xcom.
const ONE = `
  select ${COLUMNS}, t.rendered, t.result is not null as has_result,
    (select n.note from millrace.task_note n where n.run_id = t.run_id and n.task_id = t.task_id and n.map_index = t.map_index) as note,
    array(
      select x.key from millrace.xcom x where x.run_id = t.run_id and x.task_id = t.task_id and x.map_index = t.map_index order by x.key limit ${MOST_KEYS}
    ) as keys
  from millrace.task_instance t
  where t.run_id = $1 and t.task_id = $2 and t.map_index = $3`;

type WindowSql = Omit<InstanceSql, "rendered">;

/** Task instances of a run, any part of them. */
export async function readInstanceWindow(
  pool: DatabasePool,
  request: Parameters<Overviews["instanceWindow"]>[0],
): Promise<InstanceWindow> {
  const { runId, taskId = null, states, offset, limit } = request;
  return await runGuarded(pool, "any", async (client) => {
    if (states) {
      const { rows: counted } = await client.query<{ total: number }>(COUNT, [runId, taskId, states]);
      const { rows } = await client.query<WindowSql>(WITH_STATES, [runId, taskId, states, limit, offset]);
      return { items: rows.map(windowedOf), total: counted[0].total };
    }
    type PlaceSql = { total: number; task_id: string | null; map_index: number | null };
    const { rows: places } = await client.query<PlaceSql>(PLACE, [runId, taskId, offset]);
    const [{ total, task_id: first, map_index: mapIndex }] = places;
    if (first === null) return { items: [], total };
    const { rows } = await client.query<WindowSql>(FROM, [runId, first, mapIndex, taskId, limit]);
    return { items: rows.map(windowedOf), total };
  });
}

/** A task instance with what only its own page shows. */
export async function findTaskInstance(
  pool: DatabasePool,
  { runId, taskId, mapIndex }: InstanceRef,
): Promise<TaskInstanceDetail | undefined> {
  type OneSql = InstanceSql & { has_result: boolean; note: string | null; keys: readonly string[] };
  const { rows } = await runGuarded(pool, "any", (client) => client.query<OneSql>(ONE, [runId, taskId, mapIndex]));
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    ...instanceOf(row),
    hasResult: row.has_result,
    xcomKeys: row.keys,
    ...(row.note !== null && { note: row.note }),
  };
}

function windowedOf(row: WindowSql): InstanceWindow["items"][number] {
  return instanceOf({ ...row, rendered: null });
}
