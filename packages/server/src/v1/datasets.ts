import type { AssetEventsRequest, AssetsRequest, CreatedRun, NumberedAsset, NumberedAssetEvent } from "@millrace/core";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import { given, namesIn } from "./given.ts";
import type { V1Answer, V1Handlers } from "./handlers.ts";
import { isoOrNull } from "./instants.ts";
import { readOrder } from "./order-by.ts";
import { readPage } from "./paging.ts";

const ASSET_ORDERS = {
  id: "assetId",
  uri: "uri",
  created_at: "createdAt",
  updated_at: "updatedAt",
} as const satisfies Record<string, AssetsRequest["orderBy"]>;
const ASSET_FIELDS = Object.keys(ASSET_ORDERS) as (keyof typeof ASSET_ORDERS)[];

const EVENT_ORDERS = {
  timestamp: "at",
  source_dag_id: "dagId",
  source_task_id: "taskId",
  source_run_id: "runKey",
  source_map_index: "mapIndex",
} as const satisfies Record<string, AssetEventsRequest["orderBy"]>;
const EVENT_FIELDS = Object.keys(EVENT_ORDERS) as (keyof typeof EVENT_ORDERS)[];

type DatasetId =
  "get_datasets" | "get_dataset" | "get_dataset_events" | "create_dataset_event" | "get_upstream_dataset_events";

/** Assets (datasets in API v1) and their events. */
export function datasetHandlers(
  { assets, queries }: ServerPorts,
  { maximumPageLimit }: ServerSettings,
): Pick<V1Handlers, DatasetId> {
  return {
    get_datasets: async ({ query }) => {
      const { field, descending } = readOrder(query.order_by, ASSET_FIELDS, "id");
      const found = await assets.listAssets({
        ...readPage(query, maximumPageLimit),
        orderBy: ASSET_ORDERS[field],
        isDescending: descending,
        ...given("search", query.uri_pattern),
        ...given("dagIds", namesIn(query.dag_ids)),
      });
      return { datasets: found.assets.map(dataset), total_entries: found.total };
    },
    get_dataset: async ({ params: { uri } }) => {
      const asset = await assets.findAsset(uri);
      if (asset) return dataset(asset);
      throw new Problem(404, { title: "Dataset not found", detail: `The Dataset with uri: \`${uri}\` was not found` });
    },
    get_dataset_events: async ({ query }) => {
      const { field, descending } = readOrder(query.order_by, EVENT_FIELDS, "timestamp");
      const { events, total } = await assets.listEvents({
        ...readPage(query, maximumPageLimit),
        orderBy: EVENT_ORDERS[field],
        isDescending: descending,
        ...given("assetId", query.dataset_id),
        ...given("dagId", query.source_dag_id),
        ...given("taskId", query.source_task_id),
        ...given("runKey", query.source_run_id),
        ...given("mapIndex", query.source_map_index),
      });
      return { dataset_events: events.map(datasetEvent), total_entries: total };
    },
    create_dataset_event: async ({ body: { dataset_uri: uri, extra } }) => {
      const asset = await assets.findAsset(uri);
      const missing = new Problem(404, {
        title: "Dataset not found",
        detail: `Dataset with uri: '${uri}' not found`,
      });
      if (!asset) throw missing;
      const { eventId } = await queries.updateAsset(uri, JSON.stringify({ ...extra, from_rest_api: true }));
      const event = await assets.findOutsideEvent(eventId);
      if (!event) throw missing;
      return datasetEvent(event);
    },
    get_upstream_dataset_events: async ({ params: { dag_id: dagId, dag_run_id: runKey } }) => {
      const run = await queries.findRun(dagId, runKey);
      if (!run) {
        throw new Problem(404, {
          title: "DAGRun not found",
          detail: `DAGRun with DAG ID: '${dagId}' and DagRun ID: '${runKey}' not found`,
        });
      }
      const events = await assets.eventsOfRun(run.runId);
      return { dataset_events: events.map(datasetEvent), total_entries: events.length };
    },
  };
}

function dataset(asset: NumberedAsset): V1Answer<"get_dataset"> {
  const since = (at: number): { readonly created_at: string; readonly updated_at: string } => {
    const text = isoOrNull(at) ?? "";
    return { created_at: text, updated_at: text };
  };
  return {
    id: asset.assetId,
    uri: asset.uri,
    extra: {},
    created_at: isoOrNull(asset.createdAt) ?? "",
    updated_at: isoOrNull(asset.updatedAt) ?? "",
    consuming_dags: asset.consumers.map(({ dagId, createdAt }) => ({ dag_id: dagId, ...since(createdAt) })),
    producing_tasks: asset.producers.map(({ dagId, taskId, createdAt }) => ({
      dag_id: dagId,
      task_id: taskId,
      ...since(createdAt),
    })),
  };
}

function datasetEvent(event: NumberedAssetEvent): V1Answer<"create_dataset_event"> {
  return {
    dataset_id: event.assetId,
    dataset_uri: event.uri,
    extra: JSON.parse(event.extra ?? "{}") as Readonly<Record<string, unknown>>,
    source_dag_id: event.dagId ?? null,
    source_task_id: event.taskId ?? null,
    source_run_id: event.runKey ?? null,
    source_map_index: event.mapIndex ?? -1,
    created_dagruns: event.createdRuns.map(createdRun),
    timestamp: isoOrNull(event.at) ?? "",
  };
}

function createdRun(run: CreatedRun): V1Answer<"create_dataset_event">["created_dagruns"][number] {
  return {
    run_id: run.runKey,
    dag_id: run.dagId,
    logical_date: isoOrNull(run.logicalDate) ?? "",
    start_date: isoOrNull(run.startedAt),
    end_date: isoOrNull(run.endedAt),
    state: run.state,
    data_interval_start: isoOrNull(run.intervalStart),
    data_interval_end: isoOrNull(run.intervalEnd),
  };
}
