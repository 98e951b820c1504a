import type { DeliveryOutcome } from "@millrace/core";
import { Option, type Command } from "commander";
import { allPages } from "../find-things.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";
import { printRows, type Row } from "../output/print-rows.ts";
import { deliveryRow } from "../output/webhook-rows.ts";
import { readCount } from "../read-count.ts";

interface Options extends RowsOptions {
  readonly status?: DeliveryOutcome;
  readonly limit: string;
}

/** `millrace webhooks deliveries NAME`: what was delivered, newest first. */
export function makeWebhooksDeliveries(shell: Shell): Command {
  return addRowsOptions(makeCommand("deliveries", "list what was delivered to a webhook, newest first"))
    .argument("<webhook>")
    .addOption(new Option("-s, --status <status>", "only these").choices(["accepted", "duplicate", "refused"]))
    .option("-n, --limit <count>", "at most so many", "100")
    .action(
      action(shell, async (context, [webhook]: [string], { limit, status, ...options }: Options) => {
        const most = readCount("--limit", limit, [1, 1_000_000]);
        const found: Row[] = [];
        await withDatabase(context, async ({ webhooks }) => {
          const wanted = { webhook, ...(status && { status }) };
          for await (const delivery of allPages((page) => webhooks.listDeliveries({ ...page, ...wanted }))) {
            found.push(deliveryRow(delivery));
            if (found.length === most) break;
          }
        });
        printRows(context.terminal, found, { ...options, empty: `There are no such deliveries to ${webhook}.` });
      }),
    );
}
