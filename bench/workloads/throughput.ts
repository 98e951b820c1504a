import type { Workload } from "../workload.ts";
import { baseThroughput, measureThroughput } from "./measure-throughput.ts";

/** Many runs of 40-task DAGs at once, history and events on, a log line from each task. */
export const throughput: Workload = {
  name: "throughput",
  title: ({ wideRuns }) => `${wideRuns} runs of 40-task DAGs at once, a log line each`,
  unit: "tasks/s",
  better: "higher",
  must: 10_000,
  aim: 30_000,
  run: baseThroughput,
};

/** The same with every limit at its default: 16 active runs and tasks of the DAG, 128 slots, 32 tries per core. */
export const throughputDefaults: Workload = {
  name: "throughput-defaults",
  title: ({ wideRuns }) => `${Math.ceil(wideRuns / 5)} such runs, every limit at its default`,
  unit: "tasks/s",
  better: "higher",
  run: async (bench) =>
    measureThroughput(bench, await bench.system({ limits: "defaults" }), {
      dagId: "chain",
      runs: Math.ceil(bench.scale.wideRuns / 5),
    }),
};
