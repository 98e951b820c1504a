import { formatInstant } from "@millrace/core";
import type { Command } from "commander";
import { getNamedRun, readRunNames } from "../../run-diff/find-named-run.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withDags } from "../open-project.ts";
import { printRecord, type Cell } from "../output/print-rows.ts";
import { runRow } from "../output/run-row.ts";

/** `millrace runs show RUN`: all that is known of a run. */
export function makeRunsShow(shell: Shell): Command {
  return addRowsOptions(makeCommand("show", "show all that is known of a run"))
    .argument("<run>", "run id, logical date, latest, latest~1 (the one before), or <dag_id>/<run>")
    .option("-d, --dag-id <dag_id>", "a run of this DAG")
    .action(
      action(shell, async (context, [name]: [string], options: RowsOptions & { readonly dagId?: string }) => {
        const [named] = readRunNames([name], options.dagId);
        const run = await withDags(context, [named.dagId], (project) => getNamedRun(project, named));
        const record = {
          ...runRow(run),
          version: run.dagVersion,
          interval_start: formatInstant(run.intervalStart),
          interval_end: formatInstant(run.intervalEnd),
          run_after: formatInstant(run.runAfter),
          queued_at: formatInstant(run.queuedAt),
          triggered_by: run.triggeredBy,
          conf: run.conf === null ? null : (JSON.parse(run.conf) as Cell),
          tasks: run.counts as Cell,
          cause: run.cause?.message ?? null,
          note: run.note ?? null,
          cleared: run.clearNumber,
          deadline_missed: run.deadlineMissed,
        };
        printRecord(context.terminal, record, options);
      }),
    );
}
