import type { Command } from "commander";
import { countOf, writeExport } from "../export-file.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";

/** `millrace pools export FILE`: all pools as JSON, as Airflow writes and reads them. */
export function makePoolsExport(shell: Shell): Command {
  return makeCommand("export", "write all pools into a JSON file")
    .argument("<file>", "- for standard output")
    .action(
      action(shell, async (context, [file]: [string]) => {
        const pools = await withDatabase(context, ({ queries }) => queries.listPools());
        const entries = pools.map(({ pool, slots, description, includeDeferred, order }) => [
          pool,
          { slots, description, include_deferred: includeDeferred, order },
        ]);
        const text = JSON.stringify(Object.fromEntries(entries), undefined, 2);
        writeExport(context.terminal, file, { text, what: countOf(pools.length, "pool") });
      }),
    );
}
