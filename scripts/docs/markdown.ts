/** Stands below the title of every generated page. */
export const GENERATED = "<!-- Written by scripts/generate-docs.ts; edit the code, then run it again. -->";

/** A row of a Markdown table. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
}
