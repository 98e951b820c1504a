import type { Outcome } from "../workload.ts";
import { formatFigure } from "./format-figure.ts";

const HEAD = ["workload", "median", "range", "must", "aim", "reached"] as const;

/** Rows of the results, cells as people read them; the first is the head. */
export function resultRows(outcomes: readonly Outcome[]): readonly (readonly string[])[] {
  return [HEAD, ...outcomes.map(resultRow)];
}

/** The results as aligned text. */
export function printTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join("  ");
  const [head, ...body] = rows;
  return [line(head), widths.map((width) => "─".repeat(width)).join("  "), ...body.map(line)].join("\n");
}

function resultRow(outcome: Outcome): readonly string[] {
  const { title, unit, least, most, must, aim, better, isReached } = outcome;
  const bound = (value: number | undefined): string =>
    value === undefined ? "—" : `${better === "lower" ? "≤" : "≥"} ${formatFigure(value)}`;
  return [
    title,
    `${formatFigure(outcome.median)} ${unit}`,
    `${formatFigure(least)} – ${formatFigure(most)}`,
    bound(must),
    bound(aim),
    isReached === undefined ? "—" : isReached ? "yes" : "no",
  ];
}
