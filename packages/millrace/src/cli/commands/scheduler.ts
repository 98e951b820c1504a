import type { Command } from "commander";
import { createEngineLog } from "../../system/engine-log.ts";
import { runScheduler, type RunningScheduler } from "../../system/run-scheduler.ts";
import { drainScheduler } from "../drain-scheduler.ts";
import { listenForStop } from "../listen-for-stop.ts";
import { action, makeCommand, type CommandContext, type Shell } from "../make-command.ts";
import { requireProject } from "../open-project.ts";
import { packageVersion } from "../package-version.ts";
import type { ExitCode } from "../run-action.ts";
import { SystemProgress } from "../system-progress.ts";
import { createTerminalLog } from "../terminal-log.ts";

/** `millrace scheduler`: scheduler and workers alone. Any number may run on one database; they share its DAGs. */
export function makeScheduler(shell: Shell): Command {
  return makeCommand(
    "scheduler",
    "run a scheduler with its workers, and nothing else; several share the DAGs of one database",
  ).action(action(shell, runUntilStopped));
}

async function runUntilStopped(context: CommandContext): Promise<ExitCode> {
  const { terminal, config, debug } = context;
  requireProject(config);
  const level = debug ? "debug" : config.logs.level;
  const progress = new SystemProgress(terminal);
  const stopping = listenForStop(context);
  let running: RunningScheduler | undefined;
  try {
    running = await runScheduler({
      config,
      env: terminal.env,
      log: terminal.isInteractive ? createTerminalLog(terminal, level) : createEngineLog(level),
      onCommit: (runs) => progress.note(runs),
    });
    const { workers, concurrency } = config.executor;
    terminal.print(
      `${terminal.paint.bold("Millrace")} ${packageVersion()}: scheduler ${running.scheduler.schedulerId} on ${running.database}, ${workers} worker ${workers === 1 ? "process" : "processes"}, up to ${concurrency} tries at once`,
    );
    terminal.print(`DAG files are read by \`${terminal.program} dag-processor\`. Ctrl-C stops.`);
    progress.begin(running.queries);
    await stopping.first;
    await drainScheduler(context, running, { progress, second: stopping.second });
    await progress.settle();
    return 0;
  } catch (error) {
    if (running !== undefined || !stopping.isAsked()) throw error;
    terminal.print("stopped before everything had started");
    return 0;
  } finally {
    stopping.end();
    await running?.stop({ deadlineMs: 0 });
  }
}
