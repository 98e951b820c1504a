import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** What becomes of a request: let in, 401, 403, or 404 as if the thing were not there. */
export type Verdict = "yes" | "401" | "403" | "hidden";

/** The table of the permissions page: per operation, by column, what is written there. */
export type AccessTable = ReadonlyMap<string, ReadonlyMap<string, string>>;

const PAGE = join(import.meta.dirname, "../../docs/reference/permissions.md");

/** Reads the tables of the permissions page whose first column is `Operation`. */
export async function readAccessTable(): Promise<AccessTable> {
  const lines = (await readFile(PAGE, "utf8")).split("\n");
  const table = new Map<string, ReadonlyMap<string, string>>();
  let columns: readonly string[] = [];
  for (const line of lines) {
    const cells = line.startsWith("|") ? cellsOf(line) : [];
    if (cells.length === 0) columns = [];
    else if (cells[0] === "Operation") columns = cells;
    else if (columns.length > 0 && !/^-+$/.test(cells[0] ?? ""))
      table.set(cells[0] ?? "", new Map(columns.slice(1).map((column, i) => [column, cells[i + 1] ?? ""])));
  }
  return table;
}

/** A row of that table, to be read and, if it is as it should be, written into the page. */
export function tableRow(operation: string, verdicts: readonly string[]): string {
  return `| \`${operation}\` | ${verdicts.join(" | ")} |`;
}

function cellsOf(line: string): readonly string[] {
  return line
    .slice(1, line.lastIndexOf("|"))
    .split("|")
    .map((cell) => cell.trim().replaceAll("`", ""));
}
