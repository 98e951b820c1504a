import type { AssetEventsRequest, AssetLists, CreatedRun, Micros, NumberedAssetEvent, RunState } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

// Index run_asset_event_by_event and primary key of dag_run.
const COLUMNS = `e.event_id, a.asset_id, e.uri, e.at, e.extra, e.task_id, e.map_index, d.dag_id, d.run_key,
    (
      select json_agg(
        json_build_object(
          'dagId', r.dag_id, 'runKey', r.run_key, 'state', r.state, 'logicalDate', millrace.micros(r.logical_date),
          'intervalStart', millrace.micros(r.interval_start), 'intervalEnd', millrace.micros(r.interval_end),
          'startedAt', millrace.micros(r.started_at), 'endedAt', millrace.micros(r.ended_at)
        )
        order by r.run_id
      )
      from millrace.run_asset_event u
      join millrace.dag_run r on r.run_id = u.run_id
      where u.event_id = e.event_id
    ) as created_runs`;

const FROM = `
  from millrace.asset_event e
  join millrace.asset a on a.uri = e.uri
  left join millrace.dag_run d on d.run_id = e.run_id`;

// Primary keys of run_asset_event and asset_event.
const OF_RUN = `
  select ${COLUMNS}
  from millrace.run_asset_event c
  join millrace.asset_event e on e.run_id = c.source_run_id and e.event_id = c.event_id
  join millrace.asset a on a.uri = e.uri
  left join millrace.dag_run d on d.run_id = e.run_id
  where c.run_id = $1
  order by c.event_id desc
  limit 1000`;

// Events from outside are those of run 0.
const FIND = `
  select ${COLUMNS} ${FROM}
  where e.run_id = 0 and e.event_id = $1`;

const ORDERS: Readonly<Record<NonNullable<AssetEventsRequest["orderBy"]>, string>> = {
  at: "e.at",
  dagId: "d.dag_id",
  taskId: "e.task_id",
  runKey: "d.run_key",
  mapIndex: "coalesce(e.map_index, -1)",
};

interface EventSql {
  readonly event_id: number;
  readonly asset_id: number;
  readonly uri: string;
  readonly at: Micros;
  readonly extra: string | null;
  readonly task_id: string | null;
  readonly map_index: number | null;
  readonly dag_id: string | null;
  readonly run_key: string | null;
  readonly created_runs: readonly RunJson[] | null;
}

interface RunJson {
  readonly dagId: string;
  readonly runKey: string;
  readonly state: RunState;
  readonly logicalDate: Micros;
  readonly intervalStart: Micros;
  readonly intervalEnd: Micros;
  readonly startedAt: Micros | null;
  readonly endedAt: Micros | null;
}

/** As {@link AssetLists.listEvents}. Index asset_event_by_age for all, asset_event_by_uri for those of one asset. */
export async function listNumberedEvents(
  pool: DatabasePool,
  request: AssetEventsRequest,
): ReturnType<AssetLists["listEvents"]> {
  const filters = (
    [
      ["a.asset_id", request.assetId],
      ["d.dag_id", request.dagId],
      ["e.task_id", request.taskId],
      ["d.run_key", request.runKey],
      ["coalesce(e.map_index, -1)", request.mapIndex],
    ] as const
  ).filter(([, value]) => value !== undefined);
  const values = filters.map(([, value]) => value);
  const conditions = filters.map(([column], position) => `${column} = $${position + 1}`);
  const where = conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`;
  const direction = request.isDescending === true ? "desc" : "asc";
  const page = `
  select ${COLUMNS} ${FROM}
  ${where}
  order by ${ORDERS[request.orderBy ?? "at"]} ${direction}, e.event_id ${direction}
  limit $${values.length + 1}
  offset $${values.length + 2}`;
  const count = `select count(*) as total ${FROM} ${where}`;
  return await runGuarded(pool, "any", async (client) => {
    const { rows } = await client.query<EventSql>(page, [...values, request.limit, request.offset]);
    // The last page tells the total itself.
    const isLast = rows.length < request.limit && (rows.length > 0 || request.offset === 0);
    const total = isLast
      ? request.offset + rows.length
      : (await client.query<{ total: number }>(count, values)).rows[0].total;
    return { events: rows.map(eventOf), total };
  });
}

/** As {@link AssetLists.findOutsideEvent}. */
export async function findOutsideEvent(pool: DatabasePool, eventId: number): Promise<NumberedAssetEvent | undefined> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<EventSql>(FIND, [eventId]));
  return rows[0] && eventOf(rows[0]);
}

/** As {@link AssetLists.eventsOfRun}. */
export async function listEventsOfRun(pool: DatabasePool, runId: number): Promise<readonly NumberedAssetEvent[]> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<EventSql>(OF_RUN, [runId]));
  return rows.reverse().map(eventOf);
}

function eventOf(row: EventSql): NumberedAssetEvent {
  const { event_id, asset_id, uri, at, extra, dag_id, run_key, task_id, map_index, created_runs } = row;
  return {
    eventId: event_id,
    assetId: asset_id,
    uri,
    at,
    extra,
    ...(dag_id !== null && { dagId: dag_id }),
    ...(run_key !== null && { runKey: run_key }),
    ...(task_id !== null && { taskId: task_id }),
    ...(map_index !== null && { mapIndex: map_index }),
    createdRuns: (created_runs ?? []).map(createdRun),
  };
}

function createdRun({ startedAt, endedAt, ...run }: RunJson): CreatedRun {
  return { ...run, ...(startedAt !== null && { startedAt }), ...(endedAt !== null && { endedAt }) };
}
