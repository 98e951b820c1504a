import { Option, type Command } from "commander";
import { findJobs, jobRow } from "../find-jobs.ts";
import { getDag } from "../find-things.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";
import { printRows } from "../output/print-rows.ts";
import { readCount } from "../read-count.ts";

interface Options extends RowsOptions {
  readonly dagId?: string;
  readonly state?: "running" | "lost";
  readonly limit?: string;
}

/** `millrace jobs list`, and `millrace dags list-jobs`: schedulers that have not ended, newest heartbeat first. */
export function makeJobsList(shell: Shell, name: "list" | "list-jobs"): Command {
  return addRowsOptions(makeCommand(name, "list scheduler processes that have not ended; each has its own workers"))
    .option("-d, --dag-id <dag_id>", "the one that drives this DAG only")
    .addOption(new Option("--state <state>", "in this state only").choices(["running", "lost"]))
    .option("--limit <count>", "at most so many")
    .action(
      action(shell, async (context, _args: [], { dagId, state, limit, ...options }: Options) => {
        const most = limit === undefined ? Infinity : readCount("--limit", limit, [1, 100_000]);
        const jobs = await withDatabase(context, async (project) => {
          const owner = dagId === undefined ? undefined : ((await getDag(project, dagId)).owner ?? null);
          const all = await findJobs(project);
          return owner === undefined ? all : all.filter(({ schedulerId }) => schedulerId === owner);
        });
        const wanted = jobs.filter((job) => state === undefined || job.isAlive === (state === "running"));
        printRows(context.terminal, wanted.slice(0, most).map(jobRow), {
          ...options,
          empty: "There are no such jobs.",
        });
      }),
    );
}
