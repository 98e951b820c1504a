import { MillraceError } from "@millrace/core";
import type { Command } from "commander";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";
import { printRecord } from "../output/print-rows.ts";
import { deliveryRow } from "../output/webhook-rows.ts";

/** `millrace webhooks show NAME DELIVERY`: a delivery with its headers and its body. */
export function makeWebhooksShow(shell: Shell): Command {
  return addRowsOptions(makeCommand("show", "show a delivery with its headers and its body"))
    .argument("<webhook>")
    .argument("<delivery_id>")
    .action(
      action(shell, async (context, [webhook, deliveryId]: [string, string], options: RowsOptions) => {
        const found = await withDatabase(context, ({ webhooks }) => webhooks.findDelivery(webhook, deliveryId));
        if (!found)
          throw new MillraceError("NOT_FOUND", `the webhook ${webhook} has no delivery ${deliveryId}`, {
            details: { hint: `\`millrace webhooks deliveries ${webhook}\` shows all.` },
          });
        const { dagId, from, headers, body = null } = found;
        printRecord(context.terminal, { ...deliveryRow(found), dag_id: dagId, from, headers, body }, options);
      }),
    );
}
