import { parseInstant, type Command as Wish } from "@millrace/core";
import { Option, type Command } from "commander";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { parseConf } from "../parse-conf.ts";
import { triggerRun } from "../trigger-run.ts";

interface Options extends RowsOptions {
  readonly runId?: string;
  readonly conf?: string;
  readonly logicalDate?: string;
  readonly execDate?: string;
  readonly note?: string;
  readonly wait?: true;
}

/** `millrace dags trigger DAG`: makes a run now; with `--wait` shows how it goes and exits by its outcome. */
export function makeDagsTrigger(shell: Shell): Command {
  return addRowsOptions(makeCommand("trigger", "make a run of a DAG now"))
    .argument("<dag_id>")
    .option("-r, --run-id <id>", "name of the run; default manual__<logical date>")
    .option("-c, --conf <json>", "configuration of the run, a JSON object, or @file")
    .option("-l, --logical-date <instant>", "default now")
    .addOption(new Option("-e, --exec-date <instant>", "the same as --logical-date").hideHelp())
    .option("--note <text>", "for people who look at the run")
    .option("-w, --wait", "wait until it has ended; exit code 1 when it failed")
    .action(
      action(shell, async (context, [dagId]: [string], options: Options) => {
        const wish = wishOf(options, context.terminal.cwd);
        return await triggerRun(context, { dagId, wish, waits: options.wait === true, print: options });
      }),
    );
}

function wishOf(options: Options, cwd: string): Extract<Wish, { kind: "trigger" }> {
  const date = options.logicalDate ?? options.execDate;
  return {
    kind: "trigger",
    ...(options.runId !== undefined && { runKey: options.runId }),
    ...(date !== undefined && { logicalDate: parseInstant(date, "UTC") }),
    ...(options.conf !== undefined && { conf: parseConf(options.conf, cwd) }),
    ...(options.note !== undefined && { note: options.note }),
  };
}
