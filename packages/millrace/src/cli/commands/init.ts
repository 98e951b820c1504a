import { relative, resolve } from "node:path";
import type { Command } from "commander";
import { initProject } from "../../init/init-project.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";

interface Options {
  readonly name?: string;
  readonly force?: true;
}

/** `millrace init [folder]`: a project with a DAG and a test that work. */
export function makeInit(shell: Shell): Command {
  return makeCommand("init", "make a project: settings, a DAG and a test that work")
    .argument("[folder]", "made when it is not there; default this one", ".")
    .option("--name <name>", "name of the npm package")
    .option("--force", "also in a folder that has files; none is overwritten")
    .action(
      action(shell, async ({ terminal }, [folder]: [string], options: Options) => {
        const made = await initProject(resolve(terminal.cwd, folder), {
          ...(options.name !== undefined && { name: options.name }),
          ...(options.force && { force: true }),
        });
        const below = relative(terminal.cwd, made.folder);
        const where = below.startsWith("..") ? made.folder : below;
        terminal.print(`made the project ${made.name} in ${where === "" ? "this folder" : where}`);
        for (const file of made.written) terminal.print(`  ${file}`);
        for (const file of made.kept) terminal.print(`  ${file} (was there, kept)`);
        terminal.say("Next:");
        if (where !== "") terminal.say(`  cd ${/\s/.test(where) ? `"${where}"` : where}`);
        if (made.needsInstall) terminal.say("  npm install");
        terminal.say("  npx millrace start");
      }),
    );
}
