import { MillraceError } from "@millrace/core";
import type { Command } from "commander";
import { addJobOptions, jobConf, sayNotNeeded, type JobOptions } from "../dagster-options.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";
import { testDag } from "../test-dag.ts";
import { triggerRun } from "../trigger-run.ts";

/** `millrace job execute -j DAG`: a run from beginning to end; exit code 1 when it failed. */
export function makeJobExecute(shell: Shell): Command {
  const description = "run a DAG and wait for its end: by the Millrace that runs, else right here, recording nothing";
  return addJobOptions(addRowsOptions(makeCommand("execute", description))).action(
    action(shell, async (context, _args: [], options: JobOptions & RowsOptions) => {
      const { terminal } = context;
      sayNotNeeded(terminal, options);
      const conf = jobConf(options, terminal.cwd);
      const { job: dagId } = options;
      const isLive = await withDatabase(context, (project) => Promise.resolve(project.isLive));
      if (isLive) {
        const wish = { kind: "trigger" as const, ...(conf !== undefined && { conf }) };
        return await triggerRun(context, { dagId, wish, waits: true, print: options });
      }
      if (context.remote)
        throw new MillraceError("NOT_RUNNING", "no scheduler lives on the server's database", {
          details: { hint: "`millrace job launch` makes a run that waits for one." },
        });
      terminal.say("No Millrace runs on this database: the run is made here, and nothing of it is recorded.");
      return await testDag(context, { dagId, logs: false, ...(conf !== undefined && { conf }) });
    }),
  );
}
