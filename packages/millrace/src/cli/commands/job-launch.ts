import type { Command } from "commander";
import { addJobOptions, jobConf, sayNotNeeded, type JobOptions } from "../dagster-options.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { triggerRun } from "../trigger-run.ts";

interface Options extends JobOptions, RowsOptions {
  readonly runId?: string;
}

/** `millrace job launch -j DAG`: Dagster's form of `millrace dags trigger DAG`. */
export function makeJobLaunch(shell: Shell): Command {
  return addJobOptions(addRowsOptions(makeCommand("launch", "make a run of a DAG now")))
    .option("--run-id <id>", "name of the run; default manual__<logical date>")
    .action(
      action(shell, async (context, _args: [], options: Options) => {
        const { terminal } = context;
        sayNotNeeded(terminal, options);
        const conf = jobConf(options, terminal.cwd);
        const { job: dagId, runId: runKey } = options;
        const wish = {
          kind: "trigger" as const,
          ...(runKey !== undefined && { runKey }),
          ...(conf !== undefined && { conf }),
        };
        return await triggerRun(context, { dagId, wish, waits: false, print: options });
      }),
    );
}
