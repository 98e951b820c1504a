import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { makeBackup } from "../../backup/make-backup.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withPool } from "../open-pool.ts";
import { showBytes } from "../output/show-bytes.ts";

interface Options {
  readonly withLogs?: true;
  readonly withDags?: true;
  readonly withKey?: true;
}

/** `millrace db backup <file>`: everything as it was at one moment, while a Millrace runs or not. */
export function makeDbBackup(shell: Shell): Command {
  return makeCommand(
    "backup",
    "write everything in the database, and large results, to a file; a running Millrace goes on",
  )
    .argument("<file>", "for example millrace.backup: a gzipped tar; replaced when it is there")
    .option("--with-logs", "also the log files")
    .option("--with-dags", "also the DAG folders")
    .option(
      "--with-key",
      "also secret.key, which opens connections and secret variables: keep such a file like a password",
    )
    .action(
      action(shell, async (context, [file]: [string], options: Options) => {
        const { config, terminal } = context;
        const path = resolve(terminal.cwd, file);
        const made = await withPool(context, (pool) =>
          makeBackup({
            pool,
            config,
            path,
            wish: {
              logs: options.withLogs === true,
              dags: options.withDags === true,
              key: options.withKey === true,
            },
            onProgress: (what) => terminal.status(`writing ${what}`),
          }),
        );
        terminal.status("");
        const { size } = await stat(path);
        const files = made.files === 1 ? "1 file" : `${made.files} files`;
        terminal.print(`${file}: ${made.tables} tables and ${files} as of ${made.header.madeAt}, ${showBytes(size)}`);
        terminal.say(
          options.withKey
            ? "It holds secret.key, too: whoever has it can read all connections and secret variables."
            : "Without secret.key, which opens connections and secret variables: keep a copy of that apart.",
        );
      }),
    );
}
