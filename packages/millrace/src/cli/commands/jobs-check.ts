import { hostname } from "node:os";
import { MillraceError } from "@millrace/core";
import { Option, type Command } from "commander";
import { findJobs } from "../find-jobs.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";
import { showSpan } from "../output/show-time.ts";
import { readCount } from "../read-count.ts";

interface Options {
  readonly hostname?: string;
  readonly local?: true;
  readonly limit: string;
  readonly allowMultiple?: true;
}

/** `millrace jobs check`: a health probe. Exit code 0 when a scheduler lives, 3 when none does. */
export function makeJobsCheck(shell: Shell): Command {
  return makeCommand("check", "a health probe: exit code 0 when a scheduler lives, 3 when none does")
    .addOption(
      new Option("--job-type <type>", "the only one: workers and DAG processor live with it").choices(["SchedulerJob"]),
    )
    .option("--hostname <name>", "on this machine")
    .option("--local", "on the machine that this command runs on")
    .option("--limit <count>", "look at so many, newest heartbeat first; 0 for all", "1")
    .option("--allow-multiple", "several may live; with --limit other than 1")
    .action(
      action(shell, async (context, _args: [], options: Options) => {
        const limit = readCount("--limit", options.limit, [0, 100_000]);
        const host = options.local ? hostname() : options.hostname;
        const jobs = await withDatabase(context, findJobs);
        const here = jobs.filter((job) => host === undefined || job.host === host);
        const alive = here.slice(0, limit === 0 ? undefined : limit).filter(({ isAlive }) => isAlive);
        if (alive.length === 0) throw noneLives(host);
        if (alive.length > 1 && !options.allowMultiple)
          throw new MillraceError("CONFLICT", `${alive.length} schedulers live, and one was expected`, {
            details: { hint: "Say --allow-multiple when there may be several." },
          });
        for (const { schedulerId, host, pid, silentMicros } of alive)
          context.terminal.print(
            `scheduler ${schedulerId} lives: process ${pid} on ${host}, heard of ${showSpan(silentMicros)} ago`,
          );
      }),
    );
}

function noneLives(host: string | undefined): MillraceError {
  const where = host === undefined ? "on this database" : `on ${host}`;
  return new MillraceError("NOT_RUNNING", `no scheduler lives ${where}`, {
    details: { hint: "Start one with `millrace start`." },
  });
}
