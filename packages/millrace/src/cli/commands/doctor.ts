import { isMillraceError, MillraceError } from "@millrace/core";
import { Option, type Command } from "commander";
import { loadConfig } from "../../config.ts";
import { ALL_CHECKS } from "../../doctor/all-checks.ts";
import type { AnyCheck, Subject } from "../../doctor/check.ts";
import { counted } from "../../doctor/counted.ts";
import { examine, type Examined } from "../../doctor/examine.ts";
import { findProjectFolder } from "../../find-project-folder.ts";
import { didYouMean } from "../../near-names.ts";
import {
  action,
  addRowsOptions,
  makeCommand,
  type CommonOptions,
  type RowsOptions,
  type Shell,
} from "../make-command.ts";
import { nameProgram } from "../name-program.ts";
import { isProject } from "../open-project.ts";
import { printRows } from "../output/print-rows.ts";
import type { Paint, Terminal } from "../terminal.ts";

type Options = RowsOptions & CommonOptions & { readonly only?: readonly string[]; readonly list?: true };

/** What was given up may never end by itself. */
const STUCK_MS = 500;

/** `millrace doctor`: looks at everything that goes wrong. Exit code 1 when something is bad. */
export function makeDoctor(shell: Shell): Command {
  return addRowsOptions(
    makeCommand(
      "doctor",
      "look at everything that can be wrong, and say what to do; exit code 1 when something is bad",
    ),
  )
    .addOption(
      new Option("--only <check>", "make this check only; may be repeated, or have commas between").argParser(
        (text: string, before: readonly string[] | undefined) => [...(before ?? []), ...text.split(",")],
      ),
    )
    .option("--list", "list the checks, and make none")
    .action(
      action(shell, async ({ terminal }, _args: [], options: Options) => {
        if (options.list) {
          const rows = ALL_CHECKS.map(({ name, about }) => ({ check: name, about }));
          printRows(terminal, rows, { ...options, empty: "" });
          return 0;
        }
        const checks = chosen(options.only);
        const { found, isStuck } = await examine(subjectOf(terminal, options.project), checks, (name) =>
          terminal.status(`looking at ${name}`),
        );
        terminal.status("");
        if (options.output === "table" && options.columns === undefined) report(terminal, found);
        else
          printRows(
            terminal,
            found.map((each) => rowOf(each, terminal)),
            { ...options, empty: "" },
          );
        if (isStuck) setTimeout(() => process.exit(), STUCK_MS).unref();
        return found.some(({ verdict }) => verdict.status === "bad") ? 1 : 0;
      }),
    );
}

function chosen(names: readonly string[] | undefined): readonly AnyCheck[] {
  if (names === undefined) return ALL_CHECKS;
  const wanted = names.map((name) => name.trim()).filter((name) => name !== "");
  const known = ALL_CHECKS.map(({ name }) => name);
  const wrong = wanted.find((name) => !known.includes(name));
  if (wrong === undefined && wanted.length > 0) return ALL_CHECKS.filter(({ name }) => wanted.includes(name));
  const hint = [didYouMean(wrong ?? "", known), `There are ${known.join(", ")}.`].filter((part) => part !== undefined);
  throw new MillraceError("BAD_ARGUMENT", `--only: there is no check "${wrong ?? ""}"`, {
    details: { hint: hint.join(" ") },
  });
}

function subjectOf(terminal: Terminal, named: string | undefined): Subject {
  const projectFolder = findProjectFolder(terminal.cwd, named);
  try {
    const config = loadConfig({ folder: projectFolder, env: terminal.env });
    return { projectFolder, env: terminal.env, config, isProject: isProject(config) };
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    const { hint } = error.details;
    const config = { message: error.message, ...(typeof hint === "string" && { hint }) };
    return { projectFolder, env: terminal.env, config, isProject: true };
  }
}

function rowOf({ check, verdict }: Examined, terminal: Terminal): Readonly<Record<string, string | null>> {
  const advice = "advice" in verdict ? nameProgram(verdict.advice, terminal) : null;
  return { check, status: verdict.status, fact: nameProgram(verdict.fact, terminal), what_to_do: advice };
}

/** For people: a line for each finding, and below it what to do. Checks that were skipped for one reason are one line. */
function report(terminal: Terminal, found: readonly Examined[]): void {
  const shown = found.filter(({ verdict }) => verdict.status !== "skipped");
  const width = Math.max(0, ...shown.map(({ check }) => check.length));
  for (const examined of shown) {
    const { check, fact, what_to_do: advice } = rowOf(examined, terminal);
    terminal.print(`${signOf(examined, terminal.paint)} ${String(check).padEnd(width)}  ${fact}`);
    if (advice !== null) terminal.print(`  ${" ".repeat(width)}  ${terminal.paint.cyan("→")} ${advice}`);
  }
  const notMade = Map.groupBy(
    found.filter(({ verdict }) => verdict.status === "skipped"),
    (examined) => String(rowOf(examined, terminal).fact),
  );
  for (const [why, skipped] of notMade)
    terminal.print(terminal.paint.dim(`- ${why}. Not looked at: ${skipped.map(({ check }) => check).join(", ")}`));
  const count = (status: string): number => found.filter(({ verdict }) => verdict.status === status).length;
  terminal.say(
    `${count("ok")} ok, ${counted(count("warn"), "warning")}, ${count("bad")} bad${count("skipped") === 0 ? "" : `, ${count("skipped")} not looked at`}`,
  );
}

function signOf({ verdict: { status } }: Examined, paint: Paint): string {
  switch (status) {
    case "ok":
      return paint.green("✓");
    case "warn":
      return paint.yellow("!");
    case "bad":
      return paint.red("✗");
    case "skipped":
      return paint.dim("-");
    default:
      throw new Error(`unreachable: ${status satisfies never}`);
  }
}
