import type { GraphParam } from "../graph/graph.ts";
import type { GraphWebhook } from "../graph/webhook.ts";
import type { Micros } from "../model/instant.ts";
import type { Page, PageRequest } from "./queries.ts";

/** A webhook that the newest version of a DAG declares. */
export interface PresentWebhook {
  readonly dagId: string;
  readonly version: number;
  readonly webhook: GraphWebhook;
  readonly params: Readonly<Record<string, GraphParam>>;
}

/** A webhook in a list. */
export interface WebhookInfo extends PresentWebhook {
  /** Of its DAG: runs are made and wait. */
  readonly paused: boolean;
  /** Absent: nothing was ever delivered, or all of it was forgotten. */
  readonly lastDeliveryAt?: Micros;
}

/** What is kept of every delivery. */
interface DeliveryFacts {
  /** A UUID. */
  readonly deliveryId: string;
  readonly webhook: string;
  readonly dagId: string;
  /** Address of the sender, as `trustedProxies` let it be seen. */
  readonly from: string;
  /** By name in lower case; secret ones are `***`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: not kept. */
  readonly body?: string;
  /** The delivery that this one repeats at somebody's wish. */
  readonly replayOf?: string;
}

/** A delivery that is to make a run. */
export interface NewDelivery extends DeliveryFacts {
  readonly runKey: string;
  /** JSON text of an object. */
  readonly conf: string;
  readonly dedupe?: { readonly key: string; readonly days: number };
  /** Who: `webhook:orders`, or who replays it. */
  readonly by: string;
}

/** A delivery that makes no run, and why. */
export interface RefusedDelivery extends DeliveryFacts {
  /** What the sender was answered. */
  readonly httpStatus: number;
  readonly reason: string;
}

/** What became of {@link NewDelivery}. */
export type Received =
  | { readonly status: "accepted"; readonly runKey: string; readonly inboxId: number }
  /** One with the same key made a run before. */
  | { readonly status: "duplicate"; readonly runKey: string; readonly firstDeliveryId: string };

/** What became of a delivery. */
export type DeliveryOutcome = "accepted" | "duplicate" | "refused";

/** A delivery as it is kept. */
export interface DeliveryInfo extends DeliveryFacts {
  readonly at: Micros;
  readonly status: DeliveryOutcome;
  readonly reason?: string;
  readonly httpStatus: number;
  /** Of its run, or of the run that the first delivery made. */
  readonly runKey?: string;
  readonly firstDeliveryId?: string;
  readonly hasBody: boolean;
  /** The owner of the DAG has made the run, has not yet, or would not; for how long a refusal is known see `runRefusal`. */
  readonly run?: "made" | "waiting" | "refused" | "gone";
  /** Why the owner made no run; known for an hour. */
  readonly runRefusal?: string;
}

/** Webhooks of the present versions, and what was delivered to them. */
export interface Webhooks {
  /** By name; only those of DAGs whose files are there. `dagIds`: of these DAGs only. */
  list(request?: PageRequest & { readonly dagIds?: readonly string[] }): Promise<Page<WebhookInfo>>;
  find(name: string): Promise<PresentWebhook | undefined>;
  /**
   * Writes the delivery down and puts the trigger of its run into the inbox, in one transaction (R5). Of several with one key, also at once, one is
   * accepted.
   */
  receive(delivery: NewDelivery): Promise<Received>;
  refuse(refusal: RefusedDelivery): Promise<void>;
  /** Newest first, without bodies. */
  listDeliveries(
    request: PageRequest & { readonly webhook: string; readonly status?: DeliveryOutcome },
  ): Promise<Page<DeliveryInfo>>;
  findDelivery(webhook: string, deliveryId: string): Promise<DeliveryInfo | undefined>;
}
