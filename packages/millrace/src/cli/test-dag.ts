import type { Micros, TaskInstanceSummary } from "@millrace/core";
import { createEngineLog } from "../system/engine-log.ts";
import { startTestRun, type TestRun } from "../system/test-run.ts";
import { findDagFile, requireTaskOnDisk, type DagOnDisk } from "./find-dag-file.ts";
import { listInstances } from "./find-things.ts";
import { followRun, sayRunEnd } from "./follow-run.ts";
import { StoppedBySignal } from "./hear-stop.ts";
import { LogFeed } from "./live/log-feed.ts";
import type { CommandContext } from "./make-command.ts";
import { requireProject } from "./open-project.ts";
import { showLogLine } from "./output/show-log.ts";
import { runTreeLines } from "./print-run-tree.ts";
import { readTryLog } from "./read-try-log.ts";
import type { ExitCode } from "./run-action.ts";
import { labelOf } from "./run-progress.ts";

/** Logs of so many failed task instances are printed at most, and so many lines of each try. */
const LOGS_SHOWN = 20;
const LAST_LINES = 20;

/** A test of a whole DAG. */
export interface DagTest {
  readonly dagId: string;
  /** Default now. */
  readonly logicalDate?: Micros;
  /** JSON text of an object. */
  readonly conf?: string;
  /** Read the DAG from this file. */
  readonly subdir?: string;
  /** Print the logs of all tasks, or of this one, while they come; those of failed tasks are printed at the end in any case. */
  readonly logs: boolean | string;
}

/**
 * Runs a DAG file as it is now, once, in a database of its own, and shows how it goes.
 *
 * @returns 1 when the run failed or was stopped. @throws MillraceError NOT_FOUND with near names when there is no such DAG or task; BUNDLE_BROKEN.
 */
export async function testDag(context: CommandContext, test: DagTest): Promise<ExitCode> {
  const { terminal, config, debug } = context;
  const { dagId, logicalDate, conf } = test;
  requireProject(config);
  const found = await findDagFile(context, dagId, test.subdir);
  if (typeof test.logs === "string") requireTaskOnDisk(found, test.logs);
  const stop = new AbortController();
  const unlisten = terminal.onStopSignal(() => stop.abort());
  terminal.status("preparing a database for the test …");
  try {
    const run = await startTestRun({
      config,
      env: terminal.env,
      log: createEngineLog(debug ? "debug" : "silent"),
      files: found.files,
      dagId,
      ...(logicalDate !== undefined && { logicalDate }),
      ...(conf !== undefined && { conf }),
    });
    try {
      return await watch(context, { run, found, stop, logs: test.logs });
    } finally {
      await run.close();
    }
  } catch (error) {
    // Ctrl-C reaches the database's processes, too: what they say then is no news.
    throw stop.signal.aborted ? new StoppedBySignal() : error;
  } finally {
    unlisten();
  }
}

interface Watched {
  readonly run: TestRun;
  readonly found: DagOnDisk;
  readonly stop: AbortController;
  readonly logs: boolean | string;
}

async function watch({ terminal }: CommandContext, { run, found, stop, logs }: Watched): Promise<ExitCode> {
  const { graph } = found.dag;
  const { queries, engine } = run;
  const feed = new LogFeed({
    terminal,
    source: run,
    isOn: logs !== false,
    ...(typeof logs === "string" && { taskId: logs }),
  });
  const tools = { terminal, queries, engine, graph, logs: feed, signal: stop.signal, onQuit: () => stop.abort() };
  const ended = await followRun(tools, run.runId);
  if (!ended) terminal.say("stopped before the run has ended");
  else await printFailedLogs(terminal, run, feed);
  for (const line of await runTreeLines(queries, { runId: run.runId, graph }, terminal.paint)) terminal.print(line);
  if (!ended) return 1;
  sayRunEnd(terminal, ended);
  return ended.state === "success" ? 0 : 1;
}

/** Prints the end of the log of each task instance that failed, unless all of it was printed before. */
async function printFailedLogs(terminal: CommandContext["terminal"], run: TestRun, feed: LogFeed): Promise<void> {
  const instances = await listInstances(run, run.runId, []);
  const failed = instances.filter((each) => each.tryNumber > 0 && each.state === "failed" && !feed.hasTold(each));
  for (const instance of failed.slice(0, LOGS_SHOWN)) await printLastLines(terminal, run, instance);
  if (failed.length > LOGS_SHOWN) terminal.say(`and ${failed.length - LOGS_SHOWN} more logs`);
}

async function printLastLines(
  terminal: CommandContext["terminal"],
  run: TestRun,
  { taskId, mapIndex }: TaskInstanceSummary,
): Promise<void> {
  const paint = terminal.paintTalk;
  const instance = { runId: run.runId, taskId, mapIndex };
  for (const attempt of await run.queries.listTries(instance)) {
    if (attempt.tryNumber === 0) continue;
    const { lines } = await readTryLog(run, run.dataFolder, { instance, attempt });
    if (lines.length > 0) terminal.say(paint.bold(`log of ${labelOf(instance)}, try ${attempt.tryNumber}`));
    const left = lines.length - LAST_LINES;
    if (left > 0)
      terminal.say(paint.dim(`  … ${left} earlier ${left === 1 ? "line" : "lines"}: --logs ${taskId} prints all`));
    for (const line of lines.slice(-LAST_LINES)) terminal.say(`  ${showLogLine(line, paint)}`);
  }
}
