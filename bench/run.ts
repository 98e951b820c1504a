// npm run bench: measures Millrace against the speed that it is to reach. `npm run bench -- --help`.
import { mkdir, writeFile } from "node:fs/promises";
import { isMillraceError } from "@millrace/core";
import { Bench } from "./bench.ts";
import { parseBenchArguments, USAGE, type BenchArguments } from "./options.ts";
import { outcomeOf } from "./report/outcome.ts";
import { printTable, resultRows } from "./report/print-table.ts";
import { Progress } from "./report/progress.ts";
import { WORKLOADS } from "./workloads/index.ts";
import type { Outcome } from "./workload.ts";

async function main(args: readonly string[]): Promise<void> {
  const wanted = parseBenchArguments(
    args,
    WORKLOADS.map(({ name }) => name),
  );
  if (wanted.show === "help") console.log(USAGE);
  else if (wanted.show === "list") for (const { name, title } of WORKLOADS) console.log(`${name.padEnd(22)} ${title}`);
  else await measure(wanted);
}

async function measure(wanted: BenchArguments): Promise<void> {
  const progress = new Progress(process.stderr);
  const { scale, profileFolder, jsonFile } = wanted;
  if (profileFolder !== undefined) await mkdir(profileFolder, { recursive: true });
  const bench = await Bench.open({ scale, progress, ...(profileFolder !== undefined && { profileFolder }) });
  try {
    const outcomes: Outcome[] = [];
    for (const workload of WORKLOADS.filter(({ name }) => wanted.only?.includes(name) ?? true)) {
      progress.begin(workload.title);
      outcomes.push(outcomeOf(workload, await workload.run(bench)));
    }
    progress.end();
    console.log(printTable(resultRows(outcomes)));
    if (jsonFile !== undefined) await writeFile(jsonFile, JSON.stringify({ outcomes }, undefined, 2));
  } finally {
    await bench.close();
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(isMillraceError(error) ? `${error.message} (${error.code})` : error);
  process.exitCode = isMillraceError(error) ? 2 : 1;
}
