import { formatInstant } from "@millrace/core";
import type { ListedDelivery, ListedWebhook } from "../managed-webhooks.ts";
import type { Row } from "./print-rows.ts";

/** A webhook as lists print it. */
export function webhookRow({ dagId, paused, lastDeliveryAt, webhook }: ListedWebhook): Row {
  return {
    webhook: webhook.name,
    dag_id: dagId,
    signature: webhook.signature.scheme,
    is_paused: paused,
    last_delivery: lastDeliveryAt === undefined ? null : formatInstant(lastDeliveryAt),
  };
}

/** A delivery as lists print it. */
export function deliveryRow(delivery: ListedDelivery): Row {
  return {
    delivery_id: delivery.deliveryId,
    at: formatInstant(delivery.at),
    status: delivery.status,
    http_status: delivery.httpStatus,
    run_id: delivery.runKey ?? null,
    run: delivery.run ?? null,
    reason: delivery.reason ?? delivery.runRefusal ?? null,
    replay_of: delivery.replayOf ?? null,
  };
}
