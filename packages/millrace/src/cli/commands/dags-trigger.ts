import { MillraceError, parseInstant, type Command as Wish } from "@millrace/core";
import { Option, type Command } from "commander";
import { getDag } from "../find-things.ts";
import { createLiveWatch } from "../live-watch.ts";
import { followRun, sayRunEnd } from "../follow-run.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withDags } from "../open-project.ts";
import { printRows } from "../output/print-rows.ts";
import { runRow } from "../output/run-row.ts";
import { parseConf } from "../parse-conf.ts";

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
        const { terminal } = context;
        const wish = wishOf(options, terminal.cwd);
        return await withDags(context, [dagId], async (project) => {
          const dag = await getDag(project, dagId);
          if (options.wait && !project.isLive)
            throw new MillraceError("NOT_RUNNING", `no Millrace runs on this database, so nobody would run ${dagId}`, {
              details: {
                dagId,
                hint: `Start one with \`millrace start\`, or run the DAG right here with \`millrace dags test ${dagId}\`.`,
              },
            });
          const { runId } = await project.send(dagId, wish);
          const run = runId === undefined ? undefined : await project.queries.findRunById(runId);
          if (!run) throw new Error(`the run ${runId} was made and cannot be found`);
          if (dag.paused)
            terminal.say(`${dagId} is paused: the run waits until \`${terminal.program} dags unpause ${dagId}\`.`);
          else if (!project.isLive)
            terminal.say(`No Millrace runs on this database: the run waits until \`${terminal.program} start\`.`);
          if (!options.wait) {
            printRows(terminal, [runRow(run)], { ...options, empty: "" });
            return 0;
          }
          const ended = await followRun(
            { terminal, queries: project.queries, onWait: createLiveWatch(terminal, project) },
            run.runId,
          );
          sayRunEnd(terminal, ended);
          printRows(terminal, [runRow(ended)], { ...options, empty: "" });
          return ended.state === "success" ? 0 : 1;
        });
      }),
    );
}

function wishOf(options: Options, cwd: string): Wish {
  const date = options.logicalDate ?? options.execDate;
  return {
    kind: "trigger",
    ...(options.runId !== undefined && { runKey: options.runId }),
    ...(date !== undefined && { logicalDate: parseInstant(date, "UTC") }),
    ...(options.conf !== undefined && { conf: parseConf(options.conf, cwd) }),
    ...(options.note !== undefined && { note: options.note }),
  };
}
