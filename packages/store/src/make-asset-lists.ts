import type { AssetLists } from "@millrace/core";
import type { DatabasePool } from "./postgres/index.ts";
import { findNumberedAsset, listNumberedAssets } from "./queries/list-numbered-assets.ts";
import { findOutsideEvent, listEventsOfRun, listNumberedEvents } from "./queries/list-numbered-events.ts";
import { deleteQueuedAssets, listQueuedAssets } from "./queries/queued-assets.ts";

/** Assets of a database as API v1 lists them. */
export function makeAssetLists(pool: DatabasePool): AssetLists {
  return {
    listAssets: (request) => listNumberedAssets(pool, request),
    findAsset: (uri) => findNumberedAsset(pool, uri),
    listEvents: (request) => listNumberedEvents(pool, request),
    findOutsideEvent: (eventId) => findOutsideEvent(pool, eventId),
    eventsOfRun: (runId) => listEventsOfRun(pool, runId),
    listQueued: (request) => listQueuedAssets(pool, request),
    deleteQueued: (request) => deleteQueuedAssets(pool, request),
  };
}
