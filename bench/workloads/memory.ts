import type { Bench } from "../bench.ts";
import type { Workload } from "../workload.ts";

interface Growth {
  readonly rss: number;
  readonly heap: number;
}

/** Memory of the scheduler's process after three times as many finished runs: finished runs must not stay in it. */
export const memoryGrowth: Workload = {
  name: "memory",
  title: () => "scheduler's memory after 3 × the runs, RSS",
  unit: "×",
  better: "lower",
  must: 1.2,
  aim: 1.05,
  run: async (bench) => [(await measureGrowth(bench)).rss],
};

/** The same for what is alive in its heap. */
export const heapGrowth: Workload = {
  name: "memory-heap",
  title: () => "scheduler's memory after 3 × the runs, live heap",
  unit: "×",
  better: "lower",
  must: 1.2,
  aim: 1.05,
  run: async (bench) => [(await measureGrowth(bench)).heap],
};

function measureGrowth(bench: Bench): Promise<Growth> {
  return bench.once("memory growth", async () => {
    await bench.endSystem();
    const system = await bench.system({ limits: "wide" });
    const runs = bench.scale.memoryRuns;
    await system.run("wide_chain", runs, { pace: "together" });
    const before = await bench.noteMemory(`after ${runs} runs of 40 tasks`);
    await system.run("wide_chain", runs, { pace: "together" });
    await system.run("wide_chain", runs, { pace: "together" });
    const after = await bench.noteMemory(`after ${3 * runs} runs of 40 tasks`);
    return { rss: after.rss / before.rss, heap: after.heapUsed / before.heapUsed };
  });
}
