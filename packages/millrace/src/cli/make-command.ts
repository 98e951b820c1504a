import { Command, Option } from "commander";
import { loadConfig, type Config } from "../config.ts";
import { findProjectFolder } from "../find-project-folder.ts";
import { OUTPUT_FORMATS, type PrintOptions } from "./output/print-rows.ts";
import { pathOf, refuseLocalOnly, whyLocalOnly } from "./remote/local-only.ts";
import type { RemoteServer } from "./remote/remote-server.ts";
import { runAction, type ExitCode } from "./run-action.ts";
import type { Terminal } from "./terminal.ts";

/** Options that every command takes. */
export interface CommonOptions {
  readonly project?: string;
  readonly debug?: true;
  readonly server?: string;
  readonly token?: string;
}

/** Options of commands that print rows. */
export type RowsOptions = PrintOptions;

/** What a command's work gets: its terminal, its project, and where it leaves its exit code. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly config: Config;
  readonly debug: boolean;
  /** The server that carries the command out; absent = the project on this machine. */
  readonly remote?: RemoteServer;
  /** What the audit calls it: `cli.dags.pause`. */
  readonly event: string;
}

/** Where a program's commands leave what they ended with. */
export interface Outcome {
  exitCode: ExitCode;
}

/** What all commands of one program share. */
export interface Shell {
  readonly terminal: Terminal;
  readonly outcome: Outcome;
}

/** A command that takes the options that every command takes. */
export function makeCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .addOption(new Option("-C, --project <folder>", "folder with millrace.json").helpGroup("Common options:"))
    .addOption(new Option("--debug", "with an error, show where it happened").helpGroup("Common options:"))
    .addOption(
      new Option("--server <url>", "work on the Millrace that this server has; or MILLRACE_SERVER").helpGroup(
        "Common options:",
      ),
    )
    .addOption(
      new Option("--token <token>", "a token of yours there; better in MILLRACE_TOKEN").helpGroup("Common options:"),
    )
    .helpOption("-h, --help", "show this")
    .allowExcessArguments(false);
}

/** A command that only holds others. */
export function makeGroup(name: string, description: string, commands: readonly Command[]): Command {
  const parent = new Command(name).description(description).helpOption("-h, --help", "show this").helpCommand(false);
  for (const command of commands) parent.addCommand(command);
  return parent;
}

/** Adds `-o`, `--json` and `--columns`. */
export function addRowsOptions(command: Command): Command {
  return command
    .addOption(new Option("-o, --output <format>", "how to print").choices([...OUTPUT_FORMATS]).default("table"))
    .addOption(new Option("--json", "the same as --output json").implies({ output: "json" }))
    .addOption(new Option("--columns <names>", "print these columns only, in this order, with commas between"));
}

/** What a command does, given its arguments and options. Without an exit code it has gone well. */
export type Work<Args extends readonly unknown[], Options> = (
  context: CommandContext,
  args: Args,
  options: Options,
) => Promise<ExitCode | void>;

/** Makes the function that commander calls: it reads the configuration, runs the work and keeps the exit code. */
export function action<Args extends readonly unknown[], Options>(
  { terminal, outcome }: Shell,
  work: Work<Args, Options>,
): (this: Command) => Promise<void> {
  return async function (this: Command) {
    const { project, debug = false, server, token } = this.opts<CommonOptions>();
    const path = pathOf(this);
    const run = async (): Promise<ExitCode | void> => {
      if (server !== undefined) refuseLocalOnly(path);
      let config: Config | undefined;
      const url = whyLocalOnly(path) === undefined ? (server ?? terminal.env["MILLRACE_SERVER"]) : undefined;
      const context: CommandContext = {
        terminal,
        debug,
        ...(url !== undefined && url !== "" && { remote: { url, token: token ?? terminal.env["MILLRACE_TOKEN"] } }),
        event: eventOf(this),
        // Read when it is needed: `version` and `init` do without, and so also where it is broken.
        get config() {
          return (config ??= loadConfig({ folder: findProjectFolder(terminal.cwd, project), env: terminal.env }));
        },
      };
      return await work(context, this.processedArgs as unknown as Args, this.opts() as Options);
    };
    outcome.exitCode = await runAction(terminal, run, { debug });
  };
}

/** The names of a command and of the groups that it is in, without the program's. */
function eventOf(command: Command): string {
  const names: string[] = [];
  for (let at = command; at.parent !== null; at = at.parent) names.unshift(at.name());
  return ["cli", ...names].join(".");
}
