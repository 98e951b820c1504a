import {
  findWebhookDelivery,
  listWebhookDeliveries,
  listWebhooks,
  replayWebhookDelivery,
  type Action,
} from "@millrace/api";
import { MillraceError } from "@millrace/core";
import { dagIdsFor } from "../access/dag-ids-for.ts";
import { may, type Caller } from "../access/caller.ts";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import type { Settling } from "../webhooks/make-settling.ts";
import { replayDelivery } from "../webhooks/replay-delivery.ts";
import { served, type ServedOperation } from "./own-routes.ts";

/** Webhooks, what was delivered to them, and replaying it. */
export function webhookOperations(
  { webhooks, now }: ServerPorts,
  settling: Pick<Settling, "add">,
): readonly ServedOperation[] {
  const { store } = webhooks;
  const delivery = async (caller: Caller, params: { readonly name: string; readonly deliveryId: string }) => {
    const found = await store.findDelivery(params.name, params.deliveryId);
    if (found && may(caller, ["can_read", "DAGs"], found.dagId)) return found;
    throw new MillraceError("NOT_FOUND", `the webhook ${params.name} has no delivery ${params.deliveryId}`);
  };
  return [
    served(listWebhooks, async ({ caller, query }) => {
      const dagIds = dagIdsFor(caller, "can_read" satisfies Action);
      const { items, next } = await store.list({ ...query, ...(dagIds && { dagIds }) });
      return {
        items: items.map(({ dagId, paused, lastDeliveryAt, webhook: { name, description, signature } }) => ({
          name,
          dagId,
          path: `/webhooks/${encodeURIComponent(name)}`,
          signature: signature.scheme,
          isPaused: paused,
          ...(description !== undefined && { description }),
          ...(lastDeliveryAt !== undefined && { lastDeliveryAt }),
        })),
        ...(next !== undefined && { next }),
      };
    }),
    served(listWebhookDeliveries, async ({ caller, params: { name }, query }) => {
      const page = await store.listDeliveries({ ...query, webhook: name });
      // A name may have been another DAG's before; each delivery is for those who see its own DAG.
      return { ...page, items: page.items.filter(({ dagId }) => may(caller, ["can_read", "DAGs"], dagId)) };
    }),
    served(findWebhookDelivery, ({ caller, params }) => delivery(caller, params)),
    served(replayWebhookDelivery, async ({ caller, params, request }) => {
      await delivery(caller, params);
      const present = await store.find(params.name);
      if (present && !may(caller, ["can_edit", "DAGs"], present.dagId)) throw new Problem(403);
      const replayed = await replayDelivery(
        { store, now },
        {
          webhook: params.name,
          deliveryId: params.deliveryId,
          by: `${caller.kind}:${caller.name}`,
          from: request.from,
        },
      );
      const { dagId, runKey, deliveryId, inboxId } = replayed;
      settling.add(dagId, inboxId);
      return { dagId, runKey, deliveryId };
    }),
  ];
}
