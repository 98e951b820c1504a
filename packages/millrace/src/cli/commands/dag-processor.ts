import { openStore } from "@millrace/store";
import type { Command } from "commander";
import { createEngineLog } from "../../system/engine-log.ts";
import { openDatabase } from "../../system/open-database.ts";
import { publishProcessor } from "../../system/publish-processor.ts";
import { makeProjectProcessor } from "../../system/scan-dags.ts";
import { importErrorLines } from "../banner.ts";
import { countOf } from "../export-file.ts";
import { FileNews } from "../file-news.ts";
import { hearStop, StoppedBySignal } from "../hear-stop.ts";
import { action, makeCommand, type CommandContext, type Shell } from "../make-command.ts";
import { requireProject } from "../open-project.ts";
import { readCount } from "../read-count.ts";
import type { ExitCode } from "../run-action.ts";

interface Options {
  readonly numRuns?: string;
}

/** `millrace dag-processor`: reads DAG files into the database; with `-n` so many times, else until it is stopped. */
export function makeDagProcessor(shell: Shell): Command {
  return makeCommand("dag-processor", "read DAG files into the database, and again when they change, and nothing else")
    .option("-n, --num-runs <count>", "read all files so many times and end; exit code 1 when one cannot be loaded")
    .action(
      action(shell, async (context, _args: [], { numRuns }: Options) => {
        requireProject(context.config);
        const times = numRuns === undefined ? undefined : readCount("--num-runs", numRuns, [1, 1_000_000]);
        const stopping = hearStop(context.terminal);
        try {
          return await process(context, { times, stopping });
        } finally {
          stopping.end();
        }
      }),
    );
}

interface How {
  readonly times: number | undefined;
  readonly stopping: ReturnType<typeof hearStop>;
}

async function process(context: CommandContext, { times, stopping }: How): Promise<ExitCode> {
  const { config, terminal, debug } = context;
  const database = await openDatabase(config, "command");
  try {
    const store = await openStore({
      url: database.url,
      dataFolder: config.core.dataFolder,
      secretKeys: config.security.secretKeys,
      maxConnections: 4,
    });
    try {
      const log = createEngineLog(debug ? "debug" : "silent");
      const news = new FileNews(terminal, config.projectFolder);
      const processor = makeProjectProcessor({
        config,
        env: terminal.env,
        log,
        store: store.engine,
        requests: store.parseRequests,
        onFiles: (files, saved) => news.note(files, saved),
      });
      try {
        await stopping.race(async () => {
          if (times === undefined) await processor.start();
          else for (let run = 0; run < times; run += 1) await processor.scanOnce();
        });
        const dags = (await store.queries.listDags({ limit: 1_000 })).items.length;
        const errors = await store.queries.listImportErrors();
        terminal.print(`${countOf(dags, "DAG")} in ${config.core.dagFolders.join(", ")}`);
        for (const error of errors)
          for (const line of importErrorLines(error, config.projectFolder, terminal.paint)) terminal.print(line);
        if (times !== undefined) return errors.length > 0 ? 1 : 0;
        terminal.print("DAG files that change are read again. Ctrl-C stops.");
        news.begin();
        const endMetrics = publishProcessor(processor, store, log);
        await untilStopped(stopping.signal).finally(endMetrics);
        terminal.print("stopped");
        return 0;
      } finally {
        await processor.stop();
      }
    } finally {
      await store.close();
    }
  } finally {
    await database.close();
  }
}

async function untilStopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new StoppedBySignal();
  await new Promise<void>((stopped) => signal.addEventListener("abort", () => stopped(), { once: true }));
}
