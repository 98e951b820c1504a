import type { Micros, QueuedAssetEvent } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

// Primary key of asset_queue. The table only holds what no run has consumed.
const QUEUED = `
  select dag_id, uri, event_id, at, interval_start, interval_end
  from millrace.asset_queue
  where dag_id = any ($1)
  order by dag_id, event_id`;

interface QueuedSql {
  readonly dag_id: string;
  readonly uri: string;
  readonly event_id: number;
  readonly at: Micros;
  readonly interval_start: Micros | null;
  readonly interval_end: Micros | null;
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
