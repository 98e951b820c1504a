import type { Command } from "commander";
import { makeWebhooksDeliveries } from "./commands/webhooks-deliveries.ts";
import { makeWebhooksList } from "./commands/webhooks-list.ts";
import { makeWebhooksReplay } from "./commands/webhooks-replay.ts";
import { makeWebhooksSend } from "./commands/webhooks-send.ts";
import { makeWebhooksShow } from "./commands/webhooks-show.ts";
import { makeGroup, type Shell } from "./make-command.ts";

/** `millrace webhooks`: webhooks of DAGs, and what was delivered to them. */
export function makeWebhooksGroup(shell: Shell): Command {
  return makeGroup("webhooks", "webhooks of DAGs, and what was delivered to them", [
    makeWebhooksList(shell),
    makeWebhooksDeliveries(shell),
    makeWebhooksShow(shell),
    makeWebhooksReplay(shell),
    makeWebhooksSend(shell),
  ]).alias("webhook");
}
