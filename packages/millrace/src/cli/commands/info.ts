import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { arch, availableParallelism, homedir, hostname, release, totalmem, type as osType } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { isMillraceError } from "@millrace/core";
import { schemaVersion } from "@millrace/store";
import type { Command } from "commander";
import {
  action,
  addRowsOptions,
  makeCommand,
  type CommandContext,
  type RowsOptions,
  type Shell,
} from "../make-command.ts";
import { withPool } from "../open-pool.ts";
import { printRows, type Cell } from "../output/print-rows.ts";
import { packageVersion } from "../package-version.ts";

type Fact = readonly [section: string, property: string, value: Cell];

/** `millrace info`: what somebody who helps needs to know of a Millrace and its machine. */
export function makeInfo(shell: Shell): Command {
  return addRowsOptions(makeCommand("info", "show versions, paths, database and system, for a report of a problem"))
    .option("--anonymize", "without names of people, machines and servers")
    .action(
      action(shell, async (context, _args: [], options: RowsOptions & { readonly anonymize?: true }) => {
        const facts = [...programFacts(context), ...(await databaseFacts(context)), ...(await systemFacts(context))];
        const hide = options.anonymize ? anonymizer(context) : (text: string): string => text;
        const rows = facts.map(([section, property, value]) => ({
          section,
          property,
          value:
            typeof value === "string"
              ? hide(value)
              : Array.isArray(value)
                ? value.map((each) => hide(String(each)))
                : value,
        }));
        printRows(context.terminal, rows, { ...options, empty: "" });
      }),
    );
}

function programFacts({ config }: CommandContext): readonly Fact[] {
  const { executor, core } = config;
  const file = join(config.projectFolder, "millrace.json");
  return [
    ["millrace", "version", packageVersion()],
    ["millrace", "node", process.version],
    ["paths", "project", config.projectFolder],
    ["paths", "configuration", existsSync(file) ? file : null],
    ["paths", "dag_folders", core.dagFolders],
    ["paths", "data_folder", core.dataFolder],
    ["executor", "kind", "local"],
    ["executor", "workers", executor.workers],
    ["executor", "concurrency", executor.concurrency],
  ];
}

/** Looking must not make a database. */
async function databaseFacts(context: CommandContext): Promise<readonly Fact[]> {
  const { config } = context;
  const kind: Fact = ["database", "kind", config.database.url === undefined ? "embedded" : "server"];
  const url: readonly Fact[] =
    config.database.url === undefined ? [] : [["database", "url", withoutPassword(config.database.url)]];
  if (config.database.url === undefined && !existsSync(join(config.core.dataFolder, "postgres")))
    return [kind, ["database", "state", "not made yet: `millrace start` makes it"]];
  try {
    return await withPool(context, async (pool) => {
      const { database, program } = await pool.withClient(schemaVersion);
      const { serverVersion: version } = pool;
      return [
        kind,
        ...url,
        ["database", "state", "reachable"],
        ["database", "postgresql", `${Math.floor(version / 10_000)}.${version % 10_000}`],
        ["database", "schema", database],
        ["database", "schema_of_program", program],
        ["database", "pooled", !pool.hasSessions],
      ];
    });
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    return [kind, ...url, ["database", "state", `${error.message} (${error.code})`]];
  }
}

async function systemFacts({ terminal }: CommandContext): Promise<readonly Fact[]> {
  const { LANG: lang = "", SHELL: shell = "" } = terminal.env;
  return [
    ["system", "os", `${osType()} ${release()}`],
    ["system", "architecture", arch()],
    ["system", "host", hostname()],
    ["system", "user", terminal.user],
    ["system", "cores", availableParallelism()],
    ["system", "memory_mb", Math.round(totalmem() / 1_048_576)],
    ["system", "time_zone", Intl.DateTimeFormat().resolvedOptions().timeZone],
    ["system", "locale", lang],
    ["tools", "shell", shell],
    ["tools", "psql", await versionOf("psql")],
    ["tools", "git", await versionOf("git")],
    ["tools", "python3", await versionOf("python3")],
  ];
}

async function versionOf(tool: string): Promise<string | null> {
  try {
    return (await promisify(execFile)(tool, ["--version"], { timeout: 5_000 })).stdout.trim().split("\n")[0];
  } catch {
    // Not installed.
    return null;
  }
}

function withoutPassword(url: string): string {
  return url.replace(/^([a-z]+:\/\/[^:@/?]*):[^@/?]*@/i, "$1:***@").replace(/([?&]password=)[^&]*/i, "$1***");
}

/** Longest first: the home folder has the user's name in it. */
function anonymizer({ terminal, config }: CommandContext): (text: string) => string {
  const server = /@([^/?:]+)/.exec(config.database.url ?? "")?.[1];
  const login = /^[a-z]+:\/\/([^:@/?]+)[:@]/i.exec(config.database.url ?? "")?.[1];
  const known: readonly (readonly [string | undefined, string])[] = [
    [homedir(), "${HOME}"],
    [hostname(), "${HOST}"],
    [server, "${SERVER}"],
    [login, "${LOGIN}"],
    [terminal.user, "${USER}"],
  ];
  const hidden = known.filter((each): each is readonly [string, string] => each[0] !== undefined && each[0].length > 1);
  return (text) => hidden.reduce((rest, [secret, sign]) => rest.replaceAll(secret, sign), text);
}
