import { hostname } from "node:os";
import { replayDelivery } from "@millrace/server/webhooks";
import type { Command } from "commander";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withProject } from "../open-project.ts";
import { printRecord } from "../output/print-rows.ts";

/** `millrace webhooks replay NAME DELIVERY`: makes a run from a delivery once more, by the mapping of now. */
export function makeWebhooksReplay(shell: Shell): Command {
  return addRowsOptions(makeCommand("replay", "make a run from a delivery once more, by the mapping of now"))
    .argument("<webhook>")
    .argument("<delivery_id>")
    .action(
      action(shell, async (context, [webhook, replayOf]: [string, string], options: RowsOptions) => {
        const { terminal } = context;
        const record = await withProject(context, async ({ engine, webhooks, settle }) => {
          const now = await engine.now();
          const wish = { webhook, deliveryId: replayOf, by: `user:${terminal.user}`, from: hostname() };
          const { dagId, runKey, deliveryId, inboxId } = await replayDelivery(
            { store: webhooks, now: () => now },
            wish,
          );
          await settle(dagId, inboxId);
          return { dag_id: dagId, run_id: runKey, delivery_id: deliveryId };
        });
        printRecord(terminal, record, options);
      }),
    );
}
