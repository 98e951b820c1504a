import type { Micros, QueuedAsset, QueuedAssetsRequest } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { microsToSql } from "../postgres/micros-sql.ts";
import { runGuarded } from "./run-guarded.ts";

// The table only holds what no run has consumed.
const WHICH = `
  ($1::text is null or q.dag_id = $1)
    and ($2::text is null or q.uri = $2)
    and ($3::text[] is null or q.dag_id = any ($3))
    and ($4::timestamptz is null or q.at < $4)`;

const LIST = `
  select q.dag_id, q.uri, min(q.at) as queued_at
  from millrace.asset_queue q
  where ${WHICH}
  group by q.dag_id, q.uri
  order by q.dag_id, q.uri collate "C"`;

const DELETE = `
  delete from millrace.asset_queue q
  where ${WHICH}`;

/** As {@link AssetLists.listQueued}. */
export async function listQueuedAssets(
  pool: DatabasePool,
  request: QueuedAssetsRequest,
): Promise<readonly QueuedAsset[]> {
  type QueuedSql = { dag_id: string; uri: string; queued_at: Micros };
  const { rows } = await runGuarded(pool, "any", (client) => client.query<QueuedSql>(LIST, valuesOf(request)));
  return rows.map((row) => ({ dagId: row.dag_id, uri: row.uri, queuedAt: row.queued_at }));
}

/** As {@link AssetLists.deleteQueued}. */
export async function deleteQueuedAssets(pool: DatabasePool, request: QueuedAssetsRequest): Promise<number> {
  const { rowCount } = await runGuarded(pool, "any", (client) => client.query(DELETE, valuesOf(request)));
  return rowCount ?? 0;
}

function valuesOf({ dagId, uri, dagIds, before }: QueuedAssetsRequest): unknown[] {
  return [dagId ?? null, uri ?? null, dagIds ?? null, before === undefined ? null : microsToSql(before)];
}
