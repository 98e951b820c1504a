import type { Bench } from "../bench.ts";
import type { MeasuredSystem } from "../system/measured-system.ts";

const TASKS = 40;

/** Tasks per second over many runs of 40 tasks each, triggers included; a sample for each repetition. */
export async function measureThroughput(
  bench: Bench,
  system: MeasuredSystem,
  { dagId, runs }: { readonly dagId: string; readonly runs: number } = {
    dagId: "wide_chain",
    runs: bench.scale.wideRuns,
  },
): Promise<readonly number[]> {
  const { longSamples } = bench.scale;
  const samples: number[] = [];
  await system.run(dagId, Math.ceil(runs / 5), { pace: "together" });
  for (let sample = 1; sample <= longSamples; sample += 1) {
    const { elapsedMs } = await system.run(dagId, runs, { pace: "together" });
    samples.push((runs * TASKS * 1_000) / elapsedMs);
    bench.progress.note(`${sample} of ${longSamples}: ${Math.round(samples[sample - 1])} tasks/s`);
  }
  return samples;
}

/** The throughput on a database without history, measured once per bench: other workloads are ratios to it. */
export function baseThroughput(bench: Bench): Promise<readonly number[]> {
  return bench.once("throughput", async () => measureThroughput(bench, await bench.system({ limits: "wide" })));
}
