import { setTimeout as sleep } from "node:timers/promises";
import type { DagSummary } from "@millrace/core";
import type { EngineLog } from "@millrace/engine";
import type { Command } from "commander";
import { createEngineLog } from "../../system/engine-log.ts";
import { runSystem, type RunningSystem } from "../../system/run-system.ts";
import { bannerLines } from "../banner.ts";
import { drainScheduler } from "../drain-scheduler.ts";
import { FileNews } from "../file-news.ts";
import { allPages } from "../find-things.ts";
import { listenForStop } from "../listen-for-stop.ts";
import { action, makeCommand, type CommandContext, type Shell } from "../make-command.ts";
import { requireProject } from "../open-project.ts";
import { packageVersion } from "../package-version.ts";
import { SystemProgress } from "../system-progress.ts";
import { tellFirstLogin } from "../tell-first-login.ts";
import { createTerminalLog } from "../terminal-log.ts";
import { triggerOnStart } from "../trigger-on-start.ts";
import type { ExitCode } from "../run-action.ts";

/** The banner waits so long for the first tick to say when the next runs are. */
const FIRST_TICK_MS = 500;

/** `millrace start`: database, scheduler, workers, DAG processor and server, until it is told to stop. */
export function makeStart(shell: Shell): Command {
  return makeCommand("start", "run everything in this folder: database, scheduler, workers, DAG files, server")
    .alias("standalone")
    .action(action(shell, start));
}

async function start(context: CommandContext): Promise<ExitCode> {
  const { terminal, config, debug } = context;
  requireProject(config);
  const log = terminal.isInteractive
    ? createTerminalLog(terminal, debug ? "debug" : config.logs.level)
    : createEngineLog(debug ? "debug" : config.logs.level);
  const progress = new SystemProgress(terminal, config.core.triggerOnStart);
  const files = new FileNews(terminal, config.projectFolder);
  const stopping = listenForStop(context);
  terminal.status("starting the database …");
  let system: RunningSystem | undefined;
  try {
    system = await runSystem({
      config,
      env: terminal.env,
      // What the DAG processor says of files is told below, for people.
      log: withoutFileEvents(log),
      onCommit: (runs) => progress.note(runs),
      onFiles: (found, saved) => files.note(found, saved),
      ...(config.server.enabled && {
        server: {
          onLog: (line: string) => tellServerLine(log, line),
          onRestart: (how: string) => log.warn({ how }, "server starts again"),
        },
      }),
      onScan: (done, total) => terminal.status(`reading DAG files: ${done} of ${total} …`),
    });
    terminal.status("");
    await Promise.race([system.scheduler.settle(), sleep(FIRST_TICK_MS)]);
    await printBanner(context, system);
    if (system.firstLogin) tellFirstLogin(terminal, system.firstLogin);
    files.begin();
    progress.begin(system.queries);
    await triggerOnStart(context, system, stopping.first);
    await stopping.first;
    await drainScheduler(context, system, { progress, second: stopping.second });
    await progress.settle();
    return 0;
  } catch (error) {
    // Ctrl-C reaches the children of this process too: what they left undone is no error then.
    if (system !== undefined || !stopping.isAsked()) throw error;
    terminal.status("");
    terminal.print("stopped before everything had started");
    return 0;
  } finally {
    terminal.status("");
    stopping.end();
    await system?.stop({ deadlineMs: 0 });
  }
}

async function printBanner({ terminal, config }: CommandContext, system: RunningSystem): Promise<void> {
  const dags: DagSummary[] = [];
  for await (const dag of allPages((request) => system.queries.listDags(request))) dags.push(dag);
  const errors = await system.queries.listImportErrors();
  const now = await system.store.engine.now();
  for (const line of bannerLines(
    { version: packageVersion(), config, database: system.database, serverUrl: system.serverUrl, dags, errors, now },
    terminal.paint,
  ))
    terminal.print(line);
}

/** Pino's numbers. */
const LEVEL_NAMES: Readonly<Record<number, "debug" | "info" | "warn" | "error">> = {
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "error",
};

/** Says what the server's process says in its log, a JSON line of pino or what Node itself prints. */
function tellServerLine(log: EngineLog, line: string): void {
  try {
    const { level, time: _, msg, ...fields } = JSON.parse(line) as { level: number; time: unknown; msg?: string };
    log[LEVEL_NAMES[level] ?? "warn"](fields, `server: ${msg ?? "no words"}`);
  } catch {
    log.warn({}, `server: ${line}`);
  }
}

const FILE_EVENTS: ReadonlySet<string> = new Set(["import error", "dag version saved", "file exports no dag"]);

function withoutFileEvents(log: EngineLog): EngineLog {
  const filtered = (write: (fields: object, event: string) => void) => (fields: object, event: string) => {
    if (!FILE_EVENTS.has(event)) write(fields, event);
  };
  return {
    debug: (fields, event) => log.debug(fields, event),
    info: filtered(log.info.bind(log)),
    warn: filtered(log.warn.bind(log)),
    error: (fields, event) => log.error(fields, event),
  };
}
