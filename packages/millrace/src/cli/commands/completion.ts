import { Argument, type Command } from "commander";
import { completionScript, SHELLS, type CompletedShell } from "../completion-scripts.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";

/** `millrace completion SHELL`: a script that completes commands, options, and the ids of DAGs and tasks. */
export function makeCompletion(shell: Shell): Command {
  return makeCommand("completion", "print a script that lets a shell complete commands, options, DAG ids and task ids")
    .addArgument(new Argument("<shell>").choices(SHELLS))
    .action(
      action(shell, ({ terminal }, [name]: [CompletedShell]) => {
        terminal.print(completionScript(name).trimEnd());
        return Promise.resolve();
      }),
    );
}
