import type { AssetEventInfo, AssetInfo, Micros, Page, PageRequest } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { keyAfter, limitOf, pageOf } from "./page.ts";
import { runGuarded } from "./run-guarded.ts";

// Who updates an asset stands in the graphs only: they are read whole, which is fine for a list that people look at.
const LIST = `
  with produced as materialized (
    select o.uri collate "C" as uri, d.dag_id, t.task ->> 'taskId' as task_id
    from millrace.dag d
    join millrace.dag_version v on v.dag_id = d.dag_id and v.version = d.version
    cross join lateral json_array_elements(v.graph::json -> 'tasks') t (task)
    cross join lateral json_array_elements_text(t.task -> 'outlets') o (uri)
    where d.active
  ),
  consumed as materialized (
    select a.uri, a.dag_id
    from millrace.dag_asset a
    join millrace.dag d on d.dag_id = a.dag_id and d.active
  ),
  known as (
    select uri from millrace.asset
    union
    select uri from produced
    union
    select uri from consumed
  )
  select k.uri,
    (select json_agg(json_build_object('dagId', p.dag_id, 'taskId', p.task_id) order by p.dag_id, p.task_id) from produced p where p.uri = k.uri) as producers,
    (select array_agg(c.dag_id order by c.dag_id) from consumed c where c.uri = k.uri) as consumers,
    (select e.at from millrace.asset_event e where e.uri = k.uri order by e.event_id desc limit 1) as updated_at
  from known k
  where k.uri > $1 and ($2::text is null or strpos(lower(k.uri), lower($2)) > 0) and ($3::text is null or k.uri = $3)
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
