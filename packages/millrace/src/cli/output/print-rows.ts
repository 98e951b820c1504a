import Table from "cli-table3";
import { MillraceError } from "@millrace/core";
import { stringify } from "yaml";
import { didYouMean } from "../../near-names.ts";
import type { Paint, Terminal } from "../terminal.ts";
import { paintState } from "./paint-state.ts";

/** Ways to print rows. `plain` is for scripts that cut lines into fields: no colours, no frame. */
export const OUTPUT_FORMATS = ["table", "json", "yaml", "plain"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** What a cell holds: JSON and YAML keep it as it is, tables and lines write lists with commas and objects as JSON. */
export type Cell = string | number | boolean | null | readonly Cell[] | { readonly [name: string]: Cell };

/** A line of a list. All rows of a list have the same keys, in the same order. */
export type Row = Readonly<Record<string, Cell>>;

/** How a person wants rows to be printed. */
export interface PrintOptions {
  readonly output: OutputFormat;
  /** Names of the columns to print, in this order, with commas between. Default all. */
  readonly columns?: string;
}

/**
 * Prints a list. An empty one prints no table but `empty`, as talk; JSON and YAML print an empty list.
 *
 * @throws MillraceError BAD_ARGUMENT for a column that the rows do not have.
 */
export function printRows(
  terminal: Terminal,
  all: readonly Row[],
  options: PrintOptions & { readonly empty: string },
): void {
  const rows = withColumns(all, options.columns);
  switch (options.output) {
    case "json":
      terminal.print(JSON.stringify(rows, undefined, 2));
      return;
    case "yaml":
      terminal.print(stringify(rows).trimEnd());
      return;
    case "plain":
      if (rows.length === 0) terminal.say(options.empty);
      else for (const line of plainLines(rows)) terminal.print(line);
      return;
    case "table":
      if (rows.length === 0) terminal.say(options.empty);
      else terminal.print(tableText(rows, terminal.paint));
      return;
    default:
      throw new Error(`unreachable: ${options.output satisfies never}`);
  }
}

/** Prints one thing: an object for programs, for people a line for each of its properties. */
export function printRecord(terminal: Terminal, record: Row, options: PrintOptions): void {
  const [chosen] = withColumns([record], options.columns);
  if (options.output === "json") terminal.print(JSON.stringify(chosen, undefined, 2));
  else if (options.output === "yaml") terminal.print(stringify(chosen).trimEnd());
  else {
    const rows = Object.entries(chosen).map(([property, value]) => ({ property, value }));
    printRows(terminal, rows, { output: options.output, empty: "" });
  }
}

function withColumns(rows: readonly Row[], columns: string | undefined): readonly Row[] {
  if (columns === undefined || rows.length === 0) return rows;
  const known = Object.keys(rows[0]);
  const names = columns
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const wrong = names.find((name) => !known.includes(name));
  if (names.length === 0 || wrong !== undefined)
    throw new MillraceError("BAD_ARGUMENT", `--columns: there is no column "${wrong ?? ""}"`, {
      details: {
        hint: [didYouMean(wrong ?? "", known), `There are ${known.join(", ")}.`].filter((part) => part).join(" "),
      },
    });
  return rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name]])));
}

function plainLines(rows: readonly Row[]): readonly string[] {
  const keys = Object.keys(rows[0]);
  // A row is a line: what has several becomes one.
  const cells = [
    keys,
    ...rows.map((row) =>
      keys.map(
        (key) =>
          cellText(row[key])
            .trimEnd()
            .replaceAll(/\s*\n\s*/g, " ") || "-",
      ),
    ),
  ];
  const widths = keys.map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  return cells.map((line) =>
    line.map((cell, column) => (column === keys.length - 1 ? cell : cell.padEnd(widths[column]))).join("  "),
  );
}

function tableText(rows: readonly Row[], paint: Paint): string {
  const keys = Object.keys(rows[0]);
  const table = new Table({
    head: keys.map((key) => paint.bold(key)),
    chars: {
      mid: "",
      "left-mid": "",
      "mid-mid": "",
      "right-mid": "",
      left: "",
      right: "",
      middle: " │ ",
      top: "",
      "top-left": "",
      "top-mid": "",
      "top-right": "",
      bottom: "",
      "bottom-left": "",
      "bottom-mid": "",
      "bottom-right": "",
    },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows)
    table.push(keys.map((key) => (key === "state" ? paintState(cellText(row[key]), paint) : cellText(row[key]))));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

function cellText(value: Cell): string {
  if (value === null) return "";
  if (isList(value) && value.every((part) => typeof part !== "object")) return value.join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function isList(value: Cell): value is readonly Cell[] {
  return Array.isArray(value);
}
