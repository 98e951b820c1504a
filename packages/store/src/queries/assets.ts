import type { Micros, QueuedAssetEvent, RunAssetEvent } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

// Primary key of asset_queue. The table only holds what no run has consumed.
const QUEUED = `
  select dag_id, uri, event_id, at, interval_start, interval_end
  from millrace.asset_queue
  where dag_id = any ($1)
  order by dag_id, event_id`;

// Primary keys of run_asset_event, asset_event and dag_run.
const OF_RUN = `
  select e.uri, e.at, e.extra, d.dag_id, d.run_key, e.task_id
  from millrace.run_asset_event r
  join millrace.asset_event e on e.run_id = r.source_run_id and e.event_id = r.event_id
  left join millrace.dag_run d on d.run_id = r.source_run_id
  where r.run_id = $1
  order by r.event_id desc
  limit 1000`;

// Index asset_event_by_uri of each partition, backwards; primary key of dag_run.
const OF_ASSETS = `
  select e.uri, e.at, e.extra, d.dag_id, d.run_key, e.task_id
  from unnest($1::text[]) u (uri)
  cross join lateral (
    select a.uri, a.at, a.extra, a.run_id, a.task_id, a.event_id
    from millrace.asset_event a
    where a.uri = u.uri
    order by a.event_id desc
    limit 1000
  ) e
  left join millrace.dag_run d on d.run_id = e.run_id
  order by e.event_id desc`;

interface QueuedSql {
  readonly dag_id: string;
  readonly uri: string;
  readonly event_id: number;
  readonly at: Micros;
  readonly interval_start: Micros | null;
  readonly interval_end: Micros | null;
}

interface OfRunSql {
  readonly uri: string;
  readonly at: Micros;
  readonly extra: string | null;
  readonly dag_id: string | null;
  readonly run_key: string | null;
  readonly task_id: string | null;
}

/** Asset events that these DAGs have not consumed, oldest first per DAG. */
export async function queuedAssetEvents(
  pool: DatabasePool,
  dagIds: readonly string[],
): Promise<readonly QueuedAssetEvent[]> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<QueuedSql>(QUEUED, [dagIds]));
  return rows.map((row) => ({
    dagId: row.dag_id,
    uri: row.uri,
    eventId: row.event_id,
    at: row.at,
    intervalStart: row.interval_start ?? undefined,
    intervalEnd: row.interval_end ?? undefined,
  }));
}

/** Asset events that a run has consumed, oldest first; the newest 1 000 when there were more. */
export async function readRunAssetEvents(pool: DatabasePool, runId: number): Promise<readonly RunAssetEvent[]> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<OfRunSql>(OF_RUN, [runId]));
  return rows.reverse().map(eventOf);
}

/** Updates of assets, oldest first; of each the newest 1 000. */
export async function readAssetEvents(pool: DatabasePool, uris: readonly string[]): Promise<readonly RunAssetEvent[]> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<OfRunSql>(OF_ASSETS, [uris]));
  return rows.reverse().map(eventOf);
}

function eventOf({ uri, at, extra, dag_id, run_key, task_id }: OfRunSql): RunAssetEvent {
  return {
    uri,
    at,
    extra,
    ...(dag_id !== null && { dagId: dag_id }),
    ...(run_key !== null && { runKey: run_key }),
    ...(task_id !== null && { taskId: task_id }),
  };
}
