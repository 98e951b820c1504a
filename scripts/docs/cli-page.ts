import { makeProgram } from "../../packages/millrace/src/cli/program.ts";
import { LOCAL_ONLY, whyLocalOnly } from "../../packages/millrace/src/cli/remote/local-only.ts";
import { openTerminal } from "../../packages/millrace/src/cli/terminal.ts";
import { GENERATED, tableRow } from "./markdown.ts";

type Command = ReturnType<typeof makeProgram>;

/** `docs/reference/cli.md`: every command. */
export function cliPage(): string {
  const terminal = openTerminal({ process, env: {}, user: "docs" });
  const program = makeProgram({ terminal, outcome: { exitCode: 0 } });
  const lines = [
    "# Command line",
    "",
    GENERATED,
    "",
    "Results go to standard output, everything else to standard error. Exit codes: 0 it went well, 1 it failed (a failed run, too), 2 it was used wrongly,",
    "3 something could not be reached ([errors](errors.md)). Every command works whether or not a Millrace runs on the project, except where it says so.",
    "Commands find the project by the nearest `millrace.json` above the current folder, or by `-C <folder>`; `--debug` shows where an error happened.",
    "With `--server <url>` (or `MILLRACE_SERVER`) a command works on the Millrace that this server has, as whoever the token in `MILLRACE_TOKEN` (or `--token`)",
    "belongs to ([how](../how-to/use-the-api.md)). A few commands [work on this machine alone](#on-this-machine-alone) and refuse `--server`.",
    "Commands that print rows take `-o table|json|yaml|plain` (`--json` is short for `-o json`) and `--columns a,b`, which chooses columns and their order.",
  ];
  const all = leaves(program, ["millrace"]);
  lines.push(...localOnlyLines(new Set(all.map(({ path }) => path.slice(1).join(" ")))));
  for (const { command, path } of all) lines.push(...commandLines(command, path));
  return [...lines, ""].join("\n");
}

/** The commands that refuse `--server`, and why. */
function localOnlyLines(commands: ReadonlySet<string>): readonly string[] {
  const rows = Object.entries(LOCAL_ONLY).map(([name, why]) =>
    tableRow([commands.has(name) ? `\`millrace ${name}\`` : `\`${name} …\``, sentence(why)]),
  );
  return [
    "",
    "## On this machine alone",
    "",
    "These commands, and all of a group where it says …, refuse `--server` and do not hear `MILLRACE_SERVER`. All others work through a server.",
    "",
    "| Command | Why |",
    "|---|---|",
    ...rows,
  ];
}

interface Leaf {
  readonly command: Command;
  readonly path: readonly string[];
}

function leaves(command: Command, path: readonly string[]): readonly Leaf[] {
  if (command.commands.length === 0) return [{ command, path }];
  return command.commands.flatMap((each) => leaves(each, [...path, each.name()]));
}

const COMMON = new Set(["--project", "--debug", "--server", "--token", "--output", "--json", "--columns"]);

function commandLines(command: Command, path: readonly string[]): readonly string[] {
  const shown = command.registeredArguments.map((argument) => {
    const name = argument.variadic ? `${argument.name()}...` : argument.name();
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  const lines = ["", `## \`${[...path, ...shown].join(" ")}\``, "", sentence(command.description())];
  const alias = command.alias();
  const why = whyLocalOnly(path.slice(1).join(" "));
  if (why !== undefined) lines[lines.length - 1] += " On this machine alone.";
  if (alias !== undefined && alias !== "")
    lines[lines.length - 1] += ` Also \`${[...path.slice(0, -1), alias].join(" ")}\`.`;
  const rows = [
    ...command.registeredArguments
      .filter(({ description }) => description !== "")
      .map((each) => tableRow([`\`${each.name()}\``, each.description])),
    ...command.options
      .filter((option) => !option.hidden && !(COMMON.has(option.long ?? "") && !hasOwnFormats(option)))
      .map((option) => tableRow([`\`${option.flags}\``, describe(option)])),
  ];
  return rows.length === 0 ? lines : [...lines, "", "| | |", "|---|---|", ...rows];
}

/** Commands that print no rows have other formats than those that do. */
function hasOwnFormats({ argChoices }: Command["options"][number]): boolean {
  return argChoices !== undefined && !argChoices.includes("table");
}

function describe({ description, argChoices, defaultValue }: Command["options"][number]): string {
  const choices = argChoices === undefined ? "" : ` (${argChoices.join(", ")})`;
  return `${description}${choices}${typeof defaultValue === "string" ? `; default ${defaultValue}` : ""}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
