import type { Workload } from "../workload.ts";

/** 40 light tasks in a row on a warm local worker, from the return of the creating commit to the return of the last. */
export const sequence: Workload = {
  name: "sequence",
  title: "40 light tasks in sequence, warm",
  unit: "ms",
  better: "lower",
  must: 100,
  aim: 30,
  async run(bench) {
    const system = await bench.system({ limits: "defaults" });
    await system.run("chain", 10, { pace: "one by one" });
    const { runs } = await system.run("chain", bench.scale.samples, { pace: "one by one" });
    return runs.map(({ createdMs, endedMs }) => endedMs - createdMs);
  },
};
