import { formatInstant, type AssetEventInfo, type AssetInfo } from "@millrace/core";
import type { Cell, Row } from "./print-rows.ts";
import { instantOrNull } from "./show-time.ts";

/** An asset as lists print it; a producer is `dag.task`. */
export function assetRow({ uri, producers, consumers, updatedAt }: AssetInfo): Row {
  return {
    uri,
    producers: producers.map(({ dagId, taskId }) => `${dagId}.${taskId}`),
    consumers,
    updated_at: instantOrNull(updatedAt),
  };
}

/** An update of an asset as lists print it; without a DAG it came from outside. */
export function assetEventRow({ eventId, uri, at, extra, dagId, runKey, taskId, mapIndex }: AssetEventInfo): Row {
  return {
    event_id: eventId,
    uri,
    at: formatInstant(at),
    dag_id: dagId ?? null,
    run_id: runKey ?? null,
    task_id: taskId ?? null,
    map_index: mapIndex ?? null,
    extra: extra === null ? null : (JSON.parse(extra) as Cell),
  };
}
