import type { AssetEventInfo, AssetInfo, Micros, Page, PageRequest } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { keyAfter, limitOf, pageOf } from "./page.ts";
import { runGuarded } from "./run-guarded.ts";

// Primary keys of asset, asset_outlet, dag_asset and dag; index asset_event_by_uri. An asset that was only named once, by a DAG that is gone, is left out.
const LIST = `
  select k.uri, k.producers, k.consumers, k.updated_at
  from (
    select a.uri,
      (
        select json_agg(json_build_object('dagId', o.dag_id, 'taskId', o.task_id) order by o.dag_id, o.task_id)
        from millrace.asset_outlet o
        join millrace.dag d on d.dag_id = o.dag_id and d.active
        where o.uri = a.uri
      ) as producers,
      (
        select array_agg(s.dag_id order by s.dag_id)
        from millrace.dag_asset s
        join millrace.dag d on d.dag_id = s.dag_id and d.active
        where s.uri = a.uri
      ) as consumers,
      (select e.at from millrace.asset_event e where e.uri = a.uri order by e.event_id desc limit 1) as updated_at
    from millrace.asset a
    where a.uri > $1 and ($2::text is null or strpos(lower(a.uri), lower($2)) > 0) and ($3::text is null or a.uri = $3)
  ) k
  where num_nonnulls(k.producers, k.consumers, k.updated_at) > 0
  order by k.uri
  limit $4`;

// Index asset_event_by_uri for one asset, primary keys of asset_event and dag_run.
const EVENTS = `
  select e.event_id, e.uri, e.at, e.extra, e.task_id, e.map_index, d.dag_id, d.run_key
  from millrace.asset_event e
  left join millrace.dag_run d on d.run_id = e.run_id
  where e.event_id < $1 and ($2::text is null or e.uri = $2)
  order by e.event_id desc
  limit $3`;

interface AssetSql {
  readonly uri: string;
  readonly producers: readonly { readonly dagId: string; readonly taskId: string }[] | null;
  readonly consumers: readonly string[] | null;
  readonly updated_at: Micros | null;
}

interface EventSql {
  readonly event_id: number;
  readonly uri: string;
  readonly at: Micros;
  readonly extra: string | null;
  readonly task_id: string | null;
  readonly map_index: number | null;
  readonly dag_id: string | null;
  readonly run_key: string | null;
}

/** Assets by URI: those that DAGs name, and those that were ever updated. */
export async function listAssets(
  pool: DatabasePool,
  request: PageRequest & { readonly search?: string; readonly uri?: string },
): Promise<Page<AssetInfo>> {
  const limit = limitOf(request);
  const values = [keyAfter<[string]>(request)?.[0] ?? "", request.search ?? null, request.uri ?? null, limit + 1];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<AssetSql>(LIST, values));
  return pageOf(rows, limit, {
    item: ({ uri, producers, consumers, updated_at: updatedAt }) => ({
      uri,
      producers: producers ?? [],
      consumers: consumers ?? [],
      ...(updatedAt !== null && { updatedAt }),
    }),
    key: (row) => [row.uri],
  });
}

/** Updates of assets, newest first. */
export async function listAssetEvents(
  pool: DatabasePool,
  request: PageRequest & { readonly uri?: string },
): Promise<Page<AssetEventInfo>> {
  const limit = limitOf(request);
  const values = [keyAfter<[number]>(request)?.[0] ?? Number.MAX_SAFE_INTEGER, request.uri ?? null, limit + 1];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<EventSql>(EVENTS, values));
  return pageOf(rows, limit, { item: eventOf, key: (row) => [row.event_id] });
}

function eventOf(row: EventSql): AssetEventInfo {
  const {
    event_id: eventId,
    uri,
    at,
    extra,
    dag_id: dagId,
    run_key: runKey,
    task_id: taskId,
    map_index: mapIndex,
  } = row;
  return {
    eventId,
    uri,
    at,
    extra,
    ...(dagId !== null && { dagId }),
    ...(runKey !== null && { runKey }),
    ...(taskId !== null && { taskId }),
    ...(mapIndex !== null && { mapIndex }),
  };
}
