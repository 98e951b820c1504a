import { parseInstant, type RunDetail } from "@millrace/core";
import { Option, type Command } from "commander";
import { createEngineLog } from "../../system/engine-log.ts";
import { startTestRun, type TestRun } from "../../system/test-run.ts";
import { findDagFile, type DagOnDisk } from "../find-dag-file.ts";
import { followRun, sayRunEnd } from "../follow-run.ts";
import { listInstances } from "../find-things.ts";
import { action, makeCommand, type CommandContext, type Shell } from "../make-command.ts";
import { requireProject } from "../open-project.ts";
import { showLogLine } from "../output/show-log.ts";
import { parseConf } from "../parse-conf.ts";
import { runTreeLines } from "../print-run-tree.ts";
import { readTryLog } from "../read-try-log.ts";
import { labelOf } from "../run-progress.ts";
import type { ExitCode } from "../run-action.ts";

/** Logs of so many task instances are printed at most. */
const LOGS_SHOWN = 20;

interface Options {
  readonly conf?: string;
  readonly logicalDate?: string;
  readonly execDate?: string;
  readonly subdir?: string;
  readonly logs?: true;
}

/** `millrace dags test DAG [date]`: one run of the DAG file as it is now, in a database of its own. */
export function makeDagsTest(shell: Shell): Command {
  return makeCommand("test", "run a DAG once, here and now, leaving no trace in the project's database")
    .argument("<dag_id>")
    .argument("[date]", "logical date; default now")
    .option("-c, --conf <json>", "configuration of the run, a JSON object, or @file")
    .option("-S, --subdir <file>", "read the DAG from this file")
    .option("--logs", "print the logs of all tasks, not only of those that failed")
    .addOption(new Option("-e, --exec-date <instant>", "the same as the date").hideHelp())
    .action(
      action(shell, async (context, [dagId, date]: [string, string | undefined], options: Options) => {
        const { terminal, config, debug } = context;
        requireProject(config);
        const found = await findDagFile(context, dagId, options.subdir);
        const at = date ?? options.execDate;
        terminal.status("preparing a database for the test …");
        const stop = Promise.withResolvers<void>();
        const unlisten = terminal.onStopSignal(() => stop.resolve());
        try {
          const run = await startTestRun({
            config,
            env: terminal.env,
            log: createEngineLog(debug ? "debug" : "silent"),
            files: found.files,
            dagId,
            ...(at !== undefined && { logicalDate: parseInstant(at, "UTC") }),
            ...(options.conf !== undefined && { conf: parseConf(options.conf, terminal.cwd) }),
          });
          try {
            return await watch(context, { run, found, stop: stop.promise, logs: options.logs === true });
          } finally {
            await run.close();
          }
        } finally {
          unlisten();
        }
      }),
    );
}

interface Watched {
  readonly run: TestRun;
  readonly found: DagOnDisk;
  readonly stop: Promise<void>;
  readonly logs: boolean;
}

async function watch({ terminal }: CommandContext, { run, found, stop, logs }: Watched): Promise<ExitCode> {
  const ended = await Promise.race([followRun({ terminal, queries: run.queries }, run.runId), stop]);
  if (!ended) {
    terminal.status("");
    terminal.say("stopped before the run has ended");
    return 1;
  }
  await printLogs(terminal, run, logs ? undefined : ended);
  for (const line of await runTreeLines(run.queries, { runId: run.runId, graph: found.dag.graph }, terminal.paint))
    terminal.print(line);
  sayRunEnd(terminal, ended);
  return ended.state === "success" ? 0 : 1;
}

/** Prints the log of each task instance that has one; of a given run only of those that failed. */
async function printLogs(
  terminal: CommandContext["terminal"],
  { runId, queries, engine, dataFolder }: TestRun,
  onlyFailedOf: RunDetail | undefined,
): Promise<void> {
  const instances = await listInstances({ queries }, runId, []);
  const chosen = instances.filter(
    ({ tryNumber, state }) => tryNumber > 0 && (onlyFailedOf === undefined || state === "failed"),
  );
  for (const { taskId, mapIndex } of chosen.slice(0, LOGS_SHOWN)) {
    const instance = { runId, taskId, mapIndex };
    for (const attempt of await queries.listTries(instance)) {
      if (attempt.tryNumber === 0) continue;
      const { lines } = await readTryLog({ engine, queries }, dataFolder, { instance, attempt });
      if (lines.length > 0)
        terminal.say(terminal.paintTalk.bold(`log of ${labelOf(instance)}, try ${attempt.tryNumber}`));
      for (const line of lines) terminal.say(`  ${showLogLine(line, terminal.paintTalk)}`);
    }
  }
  if (chosen.length > LOGS_SHOWN) terminal.say(`and ${chosen.length - LOGS_SHOWN} more logs`);
}
