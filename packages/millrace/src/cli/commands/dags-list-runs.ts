import { parseInstant, RUN_STATES, type RunState } from "@millrace/core";
import { Option, type Command } from "commander";
import { allPages, getDag } from "../find-things.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withProject } from "../open-project.ts";
import { printRows, type Row } from "../output/print-rows.ts";
import { runRow } from "../output/run-row.ts";
import { readCount } from "../read-count.ts";

interface Options extends RowsOptions {
  readonly dagId?: string;
  readonly state?: RunState;
  readonly startDate?: string;
  readonly endDate?: string;
  readonly limit: string;
  /** False with `--no-backfill`. */
  readonly backfill: boolean;
}

/** `millrace dags list-runs [DAG]` and `millrace runs list [DAG]`: runs, newest first. */
export function makeDagsListRuns(shell: Shell, name: "list-runs" | "list"): Command {
  return addRowsOptions(makeCommand(name, "list runs, newest first"))
    .argument("[dag_id]", "of this DAG only")
    .addOption(new Option("-d, --dag-id <dag_id>", "the same as the argument"))
    .addOption(new Option("--state <state>", "in this state only").choices(RUN_STATES))
    .option("-s, --start-date <instant>", "with a logical date from here")
    .option("-e, --end-date <instant>", "with a logical date up to here")
    .option("-n, --limit <count>", "at most so many", "100")
    .option("--no-backfill", "without those that backfills made")
    .action(
      action(shell, async (context, [argument]: [string | undefined], options: Options) => {
        const dagId = argument ?? options.dagId;
        const from = options.startDate === undefined ? -Infinity : parseInstant(options.startDate, "UTC");
        const to = options.endDate === undefined ? Infinity : parseInstant(options.endDate, "UTC");
        const limit = readCount("--limit", options.limit, [1, 1_000_000_000]);
        const rows = await withProject(context, async (project) => {
          if (dagId !== undefined) await getDag(project, dagId);
          const found: Row[] = [];
          const wanted = { ...(dagId !== undefined && { dagId }), ...(options.state && { states: [options.state] }) };
          for await (const run of allPages((request) => project.queries.listRuns({ ...request, ...wanted }))) {
            if (run.logicalDate < from || run.logicalDate > to) continue;
            if (run.runType === "backfill" && !options.backfill) continue;
            found.push(runRow(run));
            if (found.length === limit) break;
          }
          return found;
        });
        printRows(context.terminal, rows, {
          ...options,
          empty: dagId === undefined ? "There are no such runs." : `${dagId} has no such runs.`,
        });
      }),
    );
}
