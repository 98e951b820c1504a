import { setTimeout as sleep } from "node:timers/promises";
import * as api from "@millrace/api";
import { MillraceError } from "@millrace/core";
import type { ManagedWebhooks, ReplayedDelivery } from "../managed-webhooks.ts";
import { askServer, orNothing } from "./ask-server.ts";

/** As long as a command of this machine waits for the owner of a DAG. */
const ANSWER_MS = 5_000;
const LOOK_EVERY_MS = 100;

/** Webhooks of a server, but for what they are signed with. */
export function remoteWebhooks(client: api.MillraceClient): Omit<ManagedWebhooks, "find"> {
  return {
    list: async (query) => {
      const { items, ...next } = await askServer(client, api.listWebhooks, { query });
      return {
        ...next,
        items: items.map(({ name, signature, dagId, isPaused, lastDeliveryAt }) => ({
          dagId,
          paused: isPaused,
          webhook: { name, signature: { scheme: signature } },
          ...(lastDeliveryAt !== undefined && { lastDeliveryAt }),
        })),
      };
    },
    listDeliveries: ({ webhook: name, ...query }) =>
      askServer(client, api.listWebhookDeliveries, { params: { name }, query }),
    findDelivery: (name, deliveryId) =>
      orNothing(askServer(client, api.findWebhookDelivery, { params: { name, deliveryId } })),
    replay: async (name, deliveryId) => {
      const replayed = await askServer(client, api.replayWebhookDelivery, { params: { name, deliveryId } });
      await runOf(client, name, replayed);
      return replayed;
    },
  };
}

/** The server answers before the owner of the DAG has made the run. */
async function runOf(client: api.MillraceClient, name: string, { dagId, deliveryId }: ReplayedDelivery): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    const { run, runRefusal } = await askServer(client, api.findWebhookDelivery, { params: { name, deliveryId } });
    if (run === "refused")
      throw new MillraceError("CONFLICT", runRefusal ?? `${dagId} made no run`, { details: { dagId, deliveryId } });
    if (run !== "waiting") return;
    if (waitedMs >= ANSWER_MS)
      throw new MillraceError("TIMEOUT", `the owner of ${dagId} has not made the run yet`, {
        details: {
          dagId,
          deliveryId,
          hint: `\`millrace webhooks show ${name} ${deliveryId}\` shows what becomes of it.`,
        },
      });
    await sleep(LOOK_EVERY_MS);
  }
}
