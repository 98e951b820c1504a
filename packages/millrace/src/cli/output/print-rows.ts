import Table from "cli-table3";
import { stringify } from "yaml";
import type { Paint, Terminal } from "../terminal.ts";
import { paintState } from "./paint-state.ts";

/** Ways to print rows. `plain` is for scripts that cut lines into fields: no colours, no frame. */
export const OUTPUT_FORMATS = ["table", "json", "yaml", "plain"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** A line of a list. All rows of a list have the same keys, in the same order. */
export type Row = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** Prints a list. An empty one prints no table but `empty`, as talk; JSON and YAML print an empty list. */
export function printRows(
  terminal: Terminal,
  rows: readonly Row[],
  options: { readonly output: OutputFormat; readonly empty: string },
): void {
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
    table.push(keys.map((key) => (key === "state" ? paintState(String(row[key] ?? ""), paint) : cellText(row[key]))));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

function cellText(value: Row[string]): string {
  if (value === null) return "";
  return Array.isArray(value) ? value.join(", ") : String(value);
}
