import { Command, CommanderError } from "commander";
import { makeAdminGroups } from "./admin-groups.ts";
import { makeDagsList } from "./commands/dags-list.ts";
import { makeDagsListImportErrors } from "./commands/dags-list-import-errors.ts";
import { makeDagsListRuns } from "./commands/dags-list-runs.ts";
import { makeDagsPause } from "./commands/dags-pause.ts";
import { makeDagsTrigger } from "./commands/dags-trigger.ts";
import { makeDagsTest } from "./commands/dags-test.ts";
import { makeInit } from "./commands/init.ts";
import { makeJobsList } from "./commands/jobs-list.ts";
import { makeStart } from "./commands/start.ts";
import { makeTasksClear } from "./commands/tasks-clear.ts";
import { makeTasksList } from "./commands/tasks-list.ts";
import { makeTasksLogs } from "./commands/tasks-logs.ts";
import { makeTasksStatesForDagRun } from "./commands/tasks-states-for-dag-run.ts";
import { makeTasksTest } from "./commands/tasks-test.ts";
import { makeVersion } from "./commands/version.ts";
import { makeGroup, type Outcome, type Shell } from "./make-command.ts";
import { packageVersion } from "./package-version.ts";
import type { ExitCode } from "./run-action.ts";
import { makeSettingsGroups } from "./settings-groups.ts";
import type { Terminal } from "./terminal.ts";

/** All commands of Millrace, as one program of commander. */
export function makeProgram(shell: Shell): Command {
  const program = new Command("millrace")
    .description("Typed pipelines that run durably.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "show this")
    .helpCommand(false)
    // An option after a command is the command's: --version of `tasks clear` is not the program's.
    .enablePositionalOptions();
  program.addCommand(makeStart(shell));
  program.addCommand(makeInit(shell));
  program.addCommand(
    makeGroup("dags", "DAGs and their runs", [
      makeDagsList(shell),
      makeDagsTrigger(shell),
      makeDagsTest(shell),
      makeDagsListRuns(shell),
      makeDagsPause(shell, true),
      makeDagsPause(shell, false),
      makeDagsListImportErrors(shell),
      makeJobsList(shell, "list-jobs"),
    ]).aliases(["dag", "job"]),
  );
  program.addCommand(
    makeGroup("tasks", "tasks of a DAG, and their instances in a run", [
      makeTasksList(shell),
      makeTasksTest(shell),
      makeTasksClear(shell),
      makeTasksLogs(shell),
      makeTasksStatesForDagRun(shell),
    ]).alias("task"),
  );
  for (const group of makeSettingsGroups(shell)) program.addCommand(group);
  for (const group of makeAdminGroups(shell)) program.addCommand(group);
  program.addCommand(makeVersion(shell));
  for (const command of allCommands(program)) prepare(command, shell.terminal);
  return program;
}

/** Runs a command line. @returns its exit code */
export async function runProgram(terminal: Terminal, args: readonly string[]): Promise<ExitCode> {
  const outcome: Outcome = { exitCode: 0 };
  const program = makeProgram({ terminal, outcome });
  try {
    await program.parseAsync(args, { from: "user" });
    return outcome.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}

function allCommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

/** Commander ends the process and writes by itself unless it is told not to. */
function prepare(command: Command, terminal: Terminal): void {
  const path: string[] = [];
  for (let at: Command | null = command; at.parent !== null; at = at.parent) path.unshift(at.name());
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
