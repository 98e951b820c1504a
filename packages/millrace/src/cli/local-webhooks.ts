import type { EngineStore, Webhooks } from "@millrace/core";
import { replayDelivery } from "@millrace/server/webhooks";
import type { ManagedWebhooks } from "./managed-webhooks.ts";

/** Webhooks of a database of this machine. */
export function localWebhooks(
  store: Webhooks,
  options: {
    readonly engine: EngineStore;
    readonly settle: (dagId: string, inboxId: number) => Promise<unknown>;
    readonly by: string;
    readonly from: string;
  },
): ManagedWebhooks {
  const { engine, settle, by, from } = options;
  return {
    find: (name) => store.find(name),
    findDelivery: (webhook, deliveryId) => store.findDelivery(webhook, deliveryId),
    list: (page) => store.list(page),
    listDeliveries: (request) => store.listDeliveries(request),
    replay: async (webhook, deliveryId) => {
      const now = await engine.now();
      const wish = { webhook, deliveryId, by, from };
      const { inboxId, ...replayed } = await replayDelivery({ store, now: () => now }, wish);
      await settle(replayed.dagId, inboxId);
      return replayed;
    },
  };
}
