import { spawn } from "node:child_process";
import { once } from "node:events";
import { MillraceError } from "@millrace/core";
import { Option, type Command } from "commander";
import { openDatabase } from "../../system/open-database.ts";
import { action, makeCommand, type CommandContext, type Shell } from "../make-command.ts";
import { requireProject } from "../open-project.ts";
import { psqlEnvironment } from "../psql-environment.ts";
import type { ExitCode } from "../run-action.ts";

interface Options {
  readonly printUrl?: true;
}

/** `millrace db shell [-- psql arguments]`: psql on the project's database. The password goes by the environment, not by arguments. */
export function makeDbShell(shell: Shell): Command {
  return makeCommand("shell", "open psql on the database; its tables are in the schema millrace")
    .argument("[psql_args...]", "after --, for psql: -- -c 'select count(*) from millrace.dag_run'")
    .addOption(new Option("--print-url", "print the database's URL, with its password, for another program"))
    .action(
      action(shell, async (context, [args]: [readonly string[]], options: Options) => {
        const { config, terminal } = context;
        requireProject(config);
        const database = await openDatabase(config, "command");
        try {
          if (!options.printUrl) return await runPsql(context, { url: database.url, args });
          terminal.print(database.url);
          if (config.database.url === undefined)
            terminal.say("It can be used while a Millrace runs: the embedded server ends with the last that uses it.");
          return 0;
        } finally {
          await database.close();
        }
      }),
    );
}

async function runPsql(
  { terminal }: CommandContext,
  { url, args }: { readonly url: string; readonly args: readonly string[] },
): Promise<ExitCode> {
  const child = spawn("psql", args, {
    cwd: terminal.cwd,
    stdio: "inherit",
    env: { ...terminal.env, ...psqlEnvironment(url) },
  });
  // Ctrl-C reaches psql by the terminal, and is its own affair; everything else is passed on.
  const unlisten = terminal.onStopSignal((signal) => {
    if (signal !== "SIGINT") child.kill(signal);
  });
  try {
    const [code] = (await once(child, "exit")) as [number | null];
    return code === 0 ? 0 : 1;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new MillraceError("NOT_FOUND", "psql is not on the path", {
      cause: error,
      details: {
        hint: "Install PostgreSQL's client (postgresql-client on Debian, libpq on Homebrew), or give another program the URL that `millrace db shell --print-url` prints.",
      },
    });
  } finally {
    unlisten();
  }
}
