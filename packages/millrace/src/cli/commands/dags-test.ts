import { parseInstant } from "@millrace/core";
import { Option, type Command } from "commander";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { parseConf } from "../parse-conf.ts";
import { testDag } from "../test-dag.ts";

interface Options {
  readonly conf?: string;
  readonly logicalDate?: string;
  readonly execDate?: string;
  readonly subdir?: string;
  readonly logs?: true | string;
}

/** `millrace dags test DAG [date]`: one run of the DAG file as it is now, in a database of its own. */
export function makeDagsTest(shell: Shell): Command {
  return makeCommand("test", "run a DAG once, here and now, leaving no trace in the project's database")
    .argument("<dag_id>")
    .argument("[date]", "logical date; default now")
    .option("-c, --conf <json>", "configuration of the run, a JSON object, or @file")
    .option("-S, --subdir <file>", "read the DAG from this file")
    .option(
      "--logs [task]",
      "print logs while they come: of all tasks, or of this one; those of failed tasks are always printed",
    )
    .addOption(new Option("-e, --exec-date <instant>", "the same as the date").hideHelp())
    .action(
      action(shell, async (context, [dagId, date]: [string, string | undefined], options: Options) => {
        const at = date ?? options.execDate;
        return await testDag(context, {
          dagId,
          logs: options.logs ?? false,
          ...(at !== undefined && { logicalDate: parseInstant(at, "UTC") }),
          ...(options.conf !== undefined && { conf: parseConf(options.conf, context.terminal.cwd) }),
          ...(options.subdir !== undefined && { subdir: options.subdir }),
        });
      }),
    );
}
