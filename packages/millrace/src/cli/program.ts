import { Command, CommanderError } from "commander";
import { makeAccountsGroups } from "./accounts-groups.ts";
import { makeAdminGroups } from "./admin-groups.ts";
import { makeBackfillGroup } from "./backfill-group.ts";
import { commandTree, type NamedCommand } from "./command-tree.ts";
import { makeApiServer } from "./commands/api-server.ts";
import { makeCheatSheet } from "./commands/cheat-sheet.ts";
import { makeComplete } from "./commands/complete.ts";
import { makeCompletion } from "./commands/completion.ts";
import { makeDagProcessor } from "./commands/dag-processor.ts";
import { makeDbRotateKeys } from "./commands/db-rotate-keys.ts";
import { makeDoctor } from "./commands/doctor.ts";
import { makeInfo } from "./commands/info.ts";
import { makeInit } from "./commands/init.ts";
import { makeScheduler } from "./commands/scheduler.ts";
import { makeStart } from "./commands/start.ts";
import { makeVersion } from "./commands/version.ts";
import { EXAMPLES } from "./examples.ts";
import type { Outcome, Shell } from "./make-command.ts";
import { packageVersion } from "./package-version.ts";
import { makePipelineGroups } from "./pipeline-groups.ts";
import { printError, type ExitCode } from "./run-action.ts";
import { makeRunsGroup } from "./runs-group.ts";
import { makeSettingsGroups } from "./settings-groups.ts";
import type { Terminal } from "./terminal.ts";
import { makeWebhooksGroup } from "./webhooks-group.ts";
import { findUnknownWord } from "./unknown-word.ts";

/** All commands of Millrace, as one program of commander. */
export function makeProgram(shell: Shell): Command {
  const program = new Command("millrace")
    .description("Typed pipelines that run durably.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "show this")
    .helpCommand(false)
    // An option after a command is the command's: --version of `tasks clear` is not the program's.
    .enablePositionalOptions();
  const commands = [
    makeStart(shell),
    makeInit(shell),
    ...makePipelineGroups(shell),
    makeRunsGroup(shell),
    makeBackfillGroup(shell),
    ...makeSettingsGroups(shell),
    makeWebhooksGroup(shell),
    ...makeAccountsGroups(shell),
    ...makeAdminGroups(shell),
    makeScheduler(shell),
    makeDagProcessor(shell),
    makeApiServer(shell),
    makeDoctor(shell),
    makeInfo(shell),
    makeCheatSheet(shell, program),
    makeCompletion(shell),
    makeVersion(shell),
  ];
  for (const command of commands) program.addCommand(command);
  program.addCommand(makeDbRotateKeys(shell, "rotate-fernet-key"), { hidden: true });
  program.addCommand(makeComplete(shell, program), { hidden: true });
  prepare({ command: program, path: [] }, shell.terminal);
  for (const named of commandTree(program)) prepare(named, shell.terminal);
  return program;
}

/** Runs a command line. @returns its exit code */
export async function runProgram(terminal: Terminal, args: readonly string[]): Promise<ExitCode> {
  const outcome: Outcome = { exitCode: 0 };
  const program = makeProgram({ terminal, outcome });
  const words = rewritten(program, args);
  const unknown = findUnknownWord(program, words);
  if (unknown) return printError(terminal, unknown, { debug: false });
  try {
    await program.parseAsync(words, { from: "user" });
    return outcome.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}

/** `help dags trigger` is `dags trigger --help`; what `job` does not have is that of `dags`. */
function rewritten(program: Command, args: readonly string[]): readonly string[] {
  const [first, second = "", ...rest] = args;
  if (first === "help") return [...args.slice(1), "--help"];
  const has = (group: string): boolean =>
    program.commands.some((each) => each.name() === group && each.commands.some((one) => one.name() === second));
  return first === "job" && !has("job") && has("dags") ? ["dags", second, ...rest] : args;
}

/** Commander ends the process and writes by itself unless it is told not to. */
function prepare({ command, path }: NamedCommand, terminal: Terminal): void {
  const examples = (EXAMPLES[path.join(" ")] ?? []).map(
    (line) => `  ${line.replace(/\bmillrace /, `${terminal.program} `)}`,
  );
  if (examples.length > 0) command.addHelpText("after", `\nExamples:\n${examples.join("\n")}`);
  command
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.say(text.trimEnd()),
      outputError: (text, write) =>
        write(
          `${text.replace(/^error: /, `${terminal.paintTalk.red("error")}: `).trimEnd()}\n  \`${[terminal.program, ...path].join(" ")} --help\` shows what there is.\n  (BAD_ARGUMENT)`,
        ),
    });
}
