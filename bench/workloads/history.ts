import type { Bench } from "../bench.ts";
import { fillHistory } from "../fill-history.ts";
import { holdSnapshot } from "../hold-snapshot.ts";
import { formatFigure } from "../report/format-figure.ts";
import { median } from "../statistics.ts";
import type { MeasuredSystem } from "../system/measured-system.ts";
import type { Workload } from "../workload.ts";
import { baseThroughput, measureThroughput } from "./measure-throughput.ts";

const DATABASE = "history";
const TASKS = 40;

/** The throughput with finished instances in the database, as a share of that without. */
export const history: Workload = {
  name: "history",
  title: ({ history }) => `throughput with ${formatFigure(history)} finished instances, against none`,
  unit: "×",
  better: "higher",
  must: 0.7,
  aim: 0.9,
  async run(bench) {
    const base = median(await baseThroughput(bench));
    const rates = await measureThroughput(bench, await systemWithHistory(bench));
    return rates.map((rate) => rate / base);
  },
};

/** The same while a transaction elsewhere keeps dead rows from being removed; counted from the second half of its time. */
export const snapshot: Workload = {
  name: "snapshot",
  title: ({ snapshotSeconds }) => `the same, a snapshot held open for ${snapshotSeconds} s`,
  unit: "×",
  better: "higher",
  must: 0.5,
  aim: 0.9,
  async run(bench) {
    const base = median(await baseThroughput(bench));
    const system = await systemWithHistory(bench);
    const held = await holdSnapshot(await bench.database(DATABASE));
    try {
      return (await ratesUntilOld(bench, system)).map((rate) => rate / base);
    } finally {
      await held.close();
    }
  },
};

async function systemWithHistory(bench: Bench): Promise<MeasuredSystem> {
  await bench.once("history", async () => {
    const url = await bench.database(DATABASE);
    await bench.endSystem();
    const beganMs = performance.now();
    await fillHistory(url, bench.scale.history, bench.progress);
    bench.progress.note(
      `${bench.scale.history} finished instances filled in ${Math.round((performance.now() - beganMs) / 1_000)} s`,
    );
  });
  return bench.system({ limits: "wide", database: DATABASE });
}

async function ratesUntilOld(bench: Bench, system: MeasuredSystem): Promise<readonly number[]> {
  const { wideRuns, snapshotSeconds } = bench.scale;
  const rates: number[] = [];
  const beganMs = performance.now();
  const seconds = (): number => (performance.now() - beganMs) / 1_000;
  do {
    const isOld = seconds() >= snapshotSeconds / 2;
    const { elapsedMs } = await system.run("wide_chain", wideRuns, { pace: "together" });
    const rate = (wideRuns * TASKS * 1_000) / elapsedMs;
    bench.progress.note(`${Math.round(seconds())} of ${snapshotSeconds} s: ${Math.round(rate)} tasks/s`);
    if (isOld) rates.push(rate);
  } while (seconds() < snapshotSeconds || rates.length === 0);
  return rates;
}
