import { memoryLine, peerRows } from "./print-results.ts";
import { formatFigure } from "./format-figure.ts";
import { resultRows } from "./print-table.ts";
import type { Results } from "./results.ts";

const BEGIN = "<!-- results: written by bench/write-page.ts, never by hand -->";
const END = "<!-- end of results -->";

/** Puts results between the marks of a page. @throws Error when the page has no marks. */
export function withResults(page: string, results: Results): string {
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  if (from < 0 || to < from) throw new Error(`the page needs the lines "${BEGIN}" and "${END}" around its results`);
  return `${page.slice(0, from)}${BEGIN}\n\n${resultsMarkdown(results)}\n\n${page.slice(to)}`;
}

function resultsMarkdown(results: Results): string {
  const { machine, settings, outcomes, memory, comparison } = results;
  const database = Object.entries(machine.postgresSettings).map(([name, value]) => `\`${name}\` ${value}`);
  return [
    ...(results.isQuick ? ["**A quick run: smaller workloads, figures not comparable.**", ""] : []),
    `Measured on ${results.at.slice(0, 10)}: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node},`,
    `PostgreSQL ${machine.postgres} (${database.join(", ")}); a flush of 8 kB takes ${formatFigure(machine.flushMs)} ms.`,
    "",
    ...settings.map((line) => `- ${line}`),
    "",
    ...table(resultRows(outcomes)),
    "",
    ...memory.map((note) => `- ${memoryLine(note)}`),
    ...(comparison
      ? [
          "",
          "### Other systems, same machine, same run",
          "",
          ...table(peerRows(comparison)),
          "",
          ...comparison.peers.map(
            ({ name, version, home, license, settings: how, missing }) =>
              `- [${name}](${home}) ${version} (${license}): ${missing === undefined ? how : `not measured: ${missing}`}.`,
          ),
        ]
      : []),
  ].join("\n");
}

function table([head, ...body]: readonly (readonly string[])[]): readonly string[] {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [row(head), row(head.map((_, column) => (column === 0 ? "---" : "--:"))), ...body.map(row)];
}
