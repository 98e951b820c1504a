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
        const { dagId, runKey, deliveryId } = await withProject(context, ({ webhooks }) =>
          webhooks.replay(webhook, replayOf),
        );
        printRecord(context.terminal, { dag_id: dagId, run_id: runKey, delivery_id: deliveryId }, options);
      }),
    );
}
