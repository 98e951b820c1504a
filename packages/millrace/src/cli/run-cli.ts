import { processEnvironment, userName } from "../config.ts";
import { runProgram } from "./program.ts";
import { printError } from "./run-action.ts";
import { openTerminal } from "./terminal.ts";

/** Runs the command line of this process and leaves its exit code. */
export async function runCli(): Promise<void> {
  const terminal = openTerminal({ process, env: processEnvironment(), user: userName() });
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  try {
    process.exitCode = await runProgram(terminal, process.argv.slice(2));
  } catch (error) {
    process.exitCode = printError(terminal, error, { debug: process.argv.includes("--debug") });
  }
}
