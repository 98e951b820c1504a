// npm run bench: measures Millrace against the speed that it is to reach. `npm run bench -- --help`.
import { mkdir, writeFile } from "node:fs/promises";
import { isMillraceError } from "@millrace/core";
import { Bench } from "./bench.ts";
import { parseBenchArguments, USAGE, type BenchArguments } from "./options.ts";
import { printResults } from "./report/print-results.ts";
import { Progress } from "./report/progress.ts";
import { measureAll } from "./measure-all.ts";
import { WORKLOADS } from "./workloads/index.ts";

async function main(args: readonly string[]): Promise<void> {
  const wanted = parseBenchArguments(
    args,
    WORKLOADS.map(({ name }) => name),
  );
  if (wanted.show === "help") console.log(USAGE);
  else if (wanted.show === "list")
    for (const { name, title } of WORKLOADS) console.log(`${name.padEnd(18)} ${title(wanted.scale)}`);
  else await measure(wanted);
}

async function measure(wanted: BenchArguments): Promise<void> {
  const { scale, profileFolder, jsonFile } = wanted;
  if (profileFolder !== undefined) await mkdir(profileFolder, { recursive: true });
  const progress = new Progress(process.stderr);
  const bench = await Bench.open({ scale, progress, ...(profileFolder !== undefined && { profileFolder }) });
  const interrupt = (): void => void bench.close().finally(() => process.exit(130));
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    const results = await measureAll(bench, wanted, WORKLOADS);
    if (jsonFile !== undefined) await writeFile(jsonFile, `${JSON.stringify(results, undefined, 2)}\n`);
    progress.end();
    console.log(printResults(results));
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
