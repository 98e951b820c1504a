import type { Micros, RunDetail } from "@millrace/core";
import { createEngineLog } from "../system/engine-log.ts";
import { startTestRun, type TestRun } from "../system/test-run.ts";
import { findDagFile, type DagOnDisk } from "./find-dag-file.ts";
import { listInstances } from "./find-things.ts";
import { followRun, sayRunEnd } from "./follow-run.ts";
import type { CommandContext } from "./make-command.ts";
import { requireProject } from "./open-project.ts";
import { showLogLine } from "./output/show-log.ts";
import { runTreeLines } from "./print-run-tree.ts";
import { readTryLog } from "./read-try-log.ts";
import type { ExitCode } from "./run-action.ts";
import { labelOf } from "./run-progress.ts";

/** Logs of so many task instances are printed at most. */
const LOGS_SHOWN = 20;

/** A test of a whole DAG. */
export interface DagTest {
  readonly dagId: string;
  /** Default now. */
  readonly logicalDate?: Micros;
  /** JSON text of an object. */
  readonly conf?: string;
  /** Read the DAG from this file. */
  readonly subdir?: string;
  /** Print the logs of all tasks, not only of those that failed. */
  readonly logs: boolean;
}

/** Runs a DAG file as it is now, once, in a database of its own, and shows how it goes. @returns 1 when the run failed. */
export async function testDag(context: CommandContext, test: DagTest): Promise<ExitCode> {
  const { terminal, config, debug } = context;
  const { dagId, logicalDate, conf } = test;
  requireProject(config);
  const found = await findDagFile(context, dagId, test.subdir);
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
      ...(logicalDate !== undefined && { logicalDate }),
      ...(conf !== undefined && { conf }),
    });
    try {
      return await watch(context, { run, found, stop: stop.promise, logs: test.logs });
    } finally {
      await run.close();
    }
  } finally {
    unlisten();
  }
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
