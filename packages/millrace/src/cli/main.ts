import { processEnvironment, userName } from "../config.ts";
import { runProgram } from "./program.ts";
import { printError } from "./run-action.ts";
import { openTerminal } from "./terminal.ts";

const terminal = openTerminal({ process, env: processEnvironment(), user: userName() });

// A reader that has seen enough (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

process.exitCode = await runProgram(terminal, process.argv.slice(2)).catch((error: unknown) =>
  printError(terminal, error, { debug: true }),
);
