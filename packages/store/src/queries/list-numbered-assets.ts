import type { AssetLists, AssetsRequest, Micros, NumberedAsset } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

// Index asset_event_by_uri of each partition, backwards.
const LATEST = `coalesce((select e.at from millrace.asset_event e where e.uri = a.uri order by e.event_id desc limit 1), a.created_at)`;

// Primary keys of asset_outlet and dag_asset.
const COLUMNS = `a.asset_id, a.uri, a.created_at, ${LATEST} as updated_at,
    (
      select json_agg(json_build_object('dagId', o.dag_id, 'taskId', o.task_id, 'createdAt', millrace.micros(o.created_at)) order by o.dag_id, o.task_id)
      from millrace.asset_outlet o
      join millrace.dag d on d.dag_id = o.dag_id and d.active
      where o.uri = a.uri
    ) as producers,
    (
      select json_agg(json_build_object('dagId', s.dag_id, 'createdAt', millrace.micros(s.created_at)) order by s.dag_id)
      from millrace.dag_asset s
      join millrace.dag d on d.dag_id = s.dag_id and d.active
      where s.uri = a.uri
    ) as consumers`;

const ORDERS: Readonly<Record<NonNullable<AssetsRequest["orderBy"]>, string>> = {
  assetId: "a.asset_id",
  uri: "a.uri",
  createdAt: "a.created_at",
  updatedAt: LATEST,
};

const FIND = `
  select ${COLUMNS}
  from millrace.asset a
  where a.uri = $1`;

const TOTAL = "select count(*) as total from millrace.asset";

interface AssetSql {
  readonly asset_id: number;
  readonly uri: string;
  readonly created_at: Micros;
  readonly updated_at: Micros;
  readonly producers: NumberedAsset["producers"] | null;
  readonly consumers: NumberedAsset["consumers"] | null;
}

/** As {@link AssetLists.listAssets}. */
export async function listNumberedAssets(
  pool: DatabasePool,
  { orderBy = "assetId", isDescending = false, search, dagIds, limit, offset }: AssetsRequest,
): ReturnType<AssetLists["listAssets"]> {
  const direction = isDescending ? "desc" : "asc";
  const page = `
  select ${COLUMNS}
  from millrace.asset a
  where ($1::text is null or strpos(lower(a.uri), lower($1)) > 0)
    and (
      $2::text[] is null
      or exists (select from millrace.asset_outlet o where o.uri = a.uri and o.dag_id = any ($2))
      or exists (select from millrace.dag_asset s where s.uri = a.uri and s.dag_id = any ($2))
    )
  order by ${ORDERS[orderBy]} ${direction}, a.asset_id ${direction}
  limit $3
  offset $4`;
  return await runGuarded(pool, "any", async (client) => {
    const { rows } = await client.query<AssetSql>(page, [search ?? null, dagIds ?? null, limit, offset]);
    const total = await client.query<{ total: number }>(TOTAL);
    return { assets: rows.map(assetOf), total: total.rows[0].total };
  });
}

/** As {@link AssetLists.findAsset}. */
export async function findNumberedAsset(pool: DatabasePool, uri: string): Promise<NumberedAsset | undefined> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<AssetSql>(FIND, [uri]));
  return rows[0] && assetOf(rows[0]);
}

function assetOf(row: AssetSql): NumberedAsset {
  return {
    assetId: row.asset_id,
    uri: row.uri,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    producers: row.producers ?? [],
    consumers: row.consumers ?? [],
  };
}
