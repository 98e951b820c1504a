import type { Micros } from "../model/instant.ts";
import type { RunState } from "../model/states.ts";

/** An asset with its number, as API v1 lists them. */
export interface NumberedAsset {
  readonly assetId: number;
  readonly uri: string;
  readonly createdAt: Micros;
  /** Of its last event; without one when it became known. */
  readonly updatedAt: Micros;
  /** Tasks of present versions that name it in `outlets`. */
  readonly producers: readonly { readonly dagId: string; readonly taskId: string; readonly createdAt: Micros }[];
  /** DAGs whose schedule names it. */
  readonly consumers: readonly { readonly dagId: string; readonly createdAt: Micros }[];
}

/** A run that an event has made, alone or with others. */
export interface CreatedRun {
  readonly dagId: string;
  readonly runKey: string;
  readonly state: RunState;
  readonly logicalDate: Micros;
  readonly intervalStart: Micros;
  readonly intervalEnd: Micros;
  readonly startedAt?: Micros;
  readonly endedAt?: Micros;
}

/** An update of an asset with what came of it. Without a DAG it came from outside. */
export interface NumberedAssetEvent {
  readonly eventId: number;
  readonly assetId: number;
  readonly uri: string;
  readonly at: Micros;
  /** JSON text of an object, null when none was attached. */
  readonly extra: string | null;
  readonly dagId?: string;
  readonly runKey?: string;
  readonly taskId?: string;
  readonly mapIndex?: number;
  readonly createdRuns: readonly CreatedRun[];
}

/** A DAG waits with an update of an asset for more of them. */
export interface QueuedAsset {
  readonly dagId: string;
  readonly uri: string;
  /** When the first of the updates that wait was made. */
  readonly queuedAt: Micros;
}

/** Part of a list that is counted. */
interface Part {
  readonly offset: number;
  readonly limit: number;
  readonly isDescending?: boolean;
}

/** Which assets. */
export interface AssetsRequest extends Part {
  /** Part of the URI, in any case. */
  readonly search?: string;
  /** Updated or followed by one of them. */
  readonly dagIds?: readonly string[];
  /** Default `assetId`. */
  readonly orderBy?: "assetId" | "uri" | "createdAt" | "updatedAt";
}

/** Which events of assets. All that is given must fit. */
export interface AssetEventsRequest extends Part {
  readonly assetId?: number;
  readonly dagId?: string;
  readonly taskId?: string;
  readonly runKey?: string;
  readonly mapIndex?: number;
  /** Default `at`. */
  readonly orderBy?: "at" | "dagId" | "taskId" | "runKey" | "mapIndex";
}

/** Which of the updates that wait. All that is given must fit. */
export interface QueuedAssetsRequest {
  readonly dagId?: string;
  readonly uri?: string;
  /** Of these DAGs only. */
  readonly dagIds?: readonly string[];
  /** Made before; exclusive. */
  readonly before?: Micros;
}

/** Assets as API v1 wants them: by number, a part of a list with its total. */
export interface AssetLists {
  /** `total`: all assets, whatever the request leaves out (as Airflow says it). */
  listAssets(request: AssetsRequest): Promise<{ readonly assets: readonly NumberedAsset[]; readonly total: number }>;
  findAsset(uri: string): Promise<NumberedAsset | undefined>;
  /** `total`: of all that fit. */
  listEvents(
    request: AssetEventsRequest,
  ): Promise<{ readonly events: readonly NumberedAssetEvent[]; readonly total: number }>;
  /** An event that came from outside. */
  findOutsideEvent(eventId: number): Promise<NumberedAssetEvent | undefined>;
  /** Events that a run has consumed, oldest first; the newest 1 000 when there were more. */
  eventsOfRun(runId: number): Promise<readonly NumberedAssetEvent[]>;
  /** By DAG and URI. */
  listQueued(request: QueuedAssetsRequest): Promise<readonly QueuedAsset[]>;
  /** The DAGs wait for new updates then. @returns how many updates went. */
  deleteQueued(request: QueuedAssetsRequest): Promise<number>;
}
