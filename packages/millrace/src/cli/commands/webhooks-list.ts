import type { Command } from "commander";
import { allPages } from "../find-things.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import type { ListedWebhook } from "../managed-webhooks.ts";
import { withProject } from "../open-project.ts";
import { printRows } from "../output/print-rows.ts";
import { webhookRow } from "../output/webhook-rows.ts";

/** `millrace webhooks list`: webhooks that DAGs declare. */
export function makeWebhooksList(shell: Shell): Command {
  return addRowsOptions(makeCommand("list", "list webhooks that DAGs declare")).action(
    action(shell, async (context, _args: [], options: RowsOptions) => {
      const found: ListedWebhook[] = [];
      await withProject(context, async ({ webhooks }) => {
        for await (const webhook of allPages((page) => webhooks.list(page))) found.push(webhook);
      });
      printRows(context.terminal, found.map(webhookRow), { ...options, empty: "No DAG declares a webhook." });
    }),
  );
}
