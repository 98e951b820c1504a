import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { MillraceError } from "@millrace/core";
import { Option, type Command } from "commander";
import { parse } from "yaml";
import type { Terminal } from "./terminal.ts";

/** Options that Dagster needs to find code, and Millrace does not: DAG files are found by folder. */
const NOT_NEEDED = [
  ["-f, --python-file <file>", "pythonFile"],
  ["-m, --module-name <module>", "moduleName"],
  ["-a, --attribute <name>", "attribute"],
  ["-d, --working-directory <folder>", "workingDirectory"],
  ["-w, --workspace <file>", "workspace"],
  ["-l, --location <name>", "location"],
  ["-r, --repository <name>", "repository"],
] as const;

/** Options of `job execute` and `job launch`. */
export interface JobOptions {
  readonly job: string;
  readonly config?: readonly string[];
  readonly configJson?: string;
}

/** Adds options that commands of Dagster take and that mean nothing here, hidden from help. */
export function addCodeOptions(command: Command): Command {
  for (const [flags] of NOT_NEEDED) command.addOption(new Option(flags).hideHelp());
  return command;
}

/** Says so when one of them was used. */
export function sayNotNeeded({ say }: Pick<Terminal, "say">, options: object): void {
  const used = NOT_NEEDED.filter(([, name]) => name in options).map(([flags]) => flags.split(",")[0]);
  if (used.length > 0)
    say(`${used.join(" and ")} ${used.length > 1 ? "are" : "is"} not needed: DAG files are found by their folder.`);
}

/** Adds `-j`, `-c` and `--config-json`. */
export function addJobOptions(command: Command): Command {
  return addCodeOptions(command)
    .addOption(new Option("-j, --job <dag_id>", "the DAG").makeOptionMandatory())
    .option(
      "-c, --config <files...>",
      "configuration of the run: YAML or JSON files with an object; what a later one says wins",
    )
    .option("--config-json <json>", "configuration of the run, a JSON object");
}

/** The conf of a run from `-c` and `--config-json`, as JSON text. @throws MillraceError BAD_ARGUMENT naming the file */
export function jobConf({ config, configJson }: JobOptions, cwd: string): string | undefined {
  if (config === undefined && configJson === undefined) return undefined;
  const parts = (config ?? []).map((file) => readConfig(file, cwd));
  if (configJson !== undefined) parts.push(objectFrom(configJson, "--config-json"));
  return JSON.stringify(Object.assign({}, ...parts));
}

function readConfig(file: string, cwd: string): object {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, file), "utf8");
  } catch (error) {
    throw new MillraceError("BAD_ARGUMENT", `--config: ${file} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return objectFrom(text, file);
}

function objectFrom(text: string, name: string): object {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new MillraceError("BAD_ARGUMENT", `${name} is neither YAML nor JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
  throw new MillraceError("BAD_ARGUMENT", `${name} must hold an object`);
}
