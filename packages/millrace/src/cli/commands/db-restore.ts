import { resolve } from "node:path";
import { hasRows, openPool, type DatabasePool } from "@millrace/store";
import type { Command } from "commander";
import { openBackup, restoreBackup, type Restored } from "../../backup/restore-backup.ts";
import { askFirst } from "../ask-first.ts";
import { action, makeCommand, type CommandContext, type Shell } from "../make-command.ts";
import { withPool } from "../open-pool.ts";
import type { ExitCode } from "../run-action.ts";
import type { Terminal } from "../terminal.ts";

interface Options {
  readonly into?: string;
  readonly yes?: true;
}

/** `millrace db restore <file>`: the database as it was when the backup was made. */
export function makeDbRestore(shell: Shell): Command {
  return makeCommand(
    "restore",
    "put a backup in the place of what is in the database; refused while a Millrace runs on it",
  )
    .argument("<file>", "what `millrace db backup` has written")
    .option("--into <url>", "into this PostgreSQL database instead of the project's")
    .option("-y, --yes", "do not ask, also when the database is not empty")
    .action(
      action(shell, async (context, [file]: [string], options: Options) => {
        const path = resolve(context.terminal.cwd, file);
        if (options.into === undefined)
          return await withPool(context, (pool) => restore(context, pool, { path, options }));
        await using pool = await openPool({ url: options.into, max: 2, log: (line) => context.terminal.say(line) });
        return await restore(context, pool, { path, options });
      }),
    );
}

async function restore(
  { config, terminal }: CommandContext,
  pool: DatabasePool,
  { path, options }: { readonly path: string; readonly options: Options },
): Promise<ExitCode> {
  const backup = await openBackup(path);
  if (await hasRows(pool)) {
    const refused = await askFirst(terminal, {
      yes: options.yes === true,
      question: `Replace everything that Millrace has in this database by what it had at ${backup.header.madeAt}?`,
      otherwise: "Nothing was restored",
    });
    if (refused) return refused;
  }
  try {
    tell(
      terminal,
      await restoreBackup({ pool, backup, config, onProgress: (what) => terminal.status(`reading ${what}`) }),
    );
    return 0;
  } finally {
    terminal.status("");
  }
}

function tell(terminal: Terminal, { header, rows, files, keptFiles, hasKey }: Restored): void {
  terminal.status("");
  terminal.print(`restored: ${rows} rows and ${files} files, as of ${header.madeAt}`);
  if (keptFiles.length > 0)
    terminal.say(`Other files of the same names were there, and stay as they are: ${keptFiles.join(", ")}`);
  if (!hasKey)
    terminal.say(
      "secret.key was not in it: put the one of that time into the data folder, or connections and secret variables cannot be read.",
    );
}
