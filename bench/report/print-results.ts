import type { MemoryNote } from "../bench.ts";
import type { Comparison, PeerOutcome } from "../peers/measure-peers.ts";
import { formatFigure } from "./format-figure.ts";
import { printTable, resultRows } from "./print-table.ts";
import type { Results } from "./results.ts";

/** The results as text for a terminal. */
export function printResults(results: Results): string {
  const { machine, settings, outcomes, memory, comparison, scale, isQuick } = results;
  const database = Object.entries(machine.postgresSettings).map(([name, value]) => `${name} = ${value}`);
  return [
    "",
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}`,
    `Node ${machine.node}, PostgreSQL ${machine.postgres}: ${database.join(", ")}`,
    `a flush of 8 kB takes ${formatFigure(machine.flushMs)} ms`,
    ...settings,
    ...(isQuick
      ? [
          `QUICK: smaller workloads (${formatFigure(scale.history)} instances of history, a snapshot held for ${scale.snapshotSeconds} s); not comparable.`,
        ]
      : []),
    "",
    printTable(resultRows(outcomes)),
    "",
    ...memory.map(memoryLine),
    ...(comparison ? ["", printTable(peerRows(comparison)), ...comparison.peers.map(peerLine)] : []),
    "",
    `${results.seconds} s in all`,
  ].join("\n");
}

/** Rows of the comparison: what a peer did, and how that stands to Millrace. */
export function peerRows({ millrace, peers }: Comparison): readonly (readonly string[])[] {
  const times = (ratio: number): string => `${formatFigure(ratio)} ×`;
  const rows = peers.flatMap(({ name, version, figures }) => {
    if (!figures) return [];
    const { sequenceMs, chainsPerSecond, jobsPerSecond } = figures;
    return [
      [
        `${name} ${version}`,
        `${formatFigure(sequenceMs)} ms (${times(sequenceMs / millrace.sequenceMs)})`,
        `${formatFigure(chainsPerSecond)}/s (${times(chainsPerSecond / millrace.chainsPerSecond)})`,
        jobsPerSecond === undefined ? "—" : `${formatFigure(jobsPerSecond)}/s`,
      ],
    ];
  });
  const own = [`${formatFigure(millrace.sequenceMs)} ms`, `${formatFigure(millrace.chainsPerSecond)}/s`, "—"];
  return [["", "40 in a row", "many rows of 40 at once", "single jobs, no graph"], ["Millrace", ...own], ...rows];
}

/** What a Millrace used, as a sentence. */
export function memoryLine({ when, rss, heapUsed, children }: MemoryNote): string {
  const mb = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;
  return `memory ${when}: server process ${mb(rss)} (live heap ${mb(heapUsed)}), its children (workers, DAG loaders, compiler) ${children.map(mb).join(", ")}`;
}

function peerLine({ name, settings, missing }: PeerOutcome): string {
  return `${name}: ${missing === undefined ? settings : `not measured: ${missing}`}`;
}
