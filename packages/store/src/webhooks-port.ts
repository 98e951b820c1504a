import type { Webhooks } from "@millrace/core";
import type { DatabasePool } from "./postgres/index.ts";
import { findDelivery, listDeliveries } from "./queries/list-deliveries.ts";
import { receiveDelivery, refuseDelivery } from "./queries/receive-delivery.ts";
import { findWebhook, listWebhooks } from "./queries/webhooks.ts";

/** Webhooks and deliveries on PostgreSQL. */
export function makeWebhooks(pool: DatabasePool): Webhooks {
  return {
    list: (request = {}) => listWebhooks(pool, request),
    find: (name) => findWebhook(pool, name),
    receive: (delivery) => receiveDelivery(pool, delivery),
    refuse: (refusal) => refuseDelivery(pool, refusal),
    listDeliveries: (request) => listDeliveries(pool, request),
    findDelivery: (webhook, deliveryId) => findDelivery(pool, webhook, deliveryId),
  };
}
