import type { Bench } from "../bench.ts";
import type { RunTiming } from "../system/protocol.ts";
import type { Workload } from "../workload.ts";

/** 40 light tasks in a row on a warm local worker, from the return of the creating commit to the return of the last. */
export const sequence: Workload = {
  name: "sequence",
  title: () => "40 light tasks in sequence, warm",
  unit: "ms",
  better: "lower",
  must: 100,
  aim: 30,
  run: async (bench) => (await sequenceRuns(bench)).map(({ createdMs, endedMs }) => endedMs - createdMs),
};

/** The runs of this workload, measured once per bench. */
export function sequenceRuns(bench: Bench): Promise<readonly RunTiming[]> {
  return bench.once("sequence", async () => {
    const system = await bench.system({ limits: "defaults" });
    await system.run("chain", 10, { pace: "one by one" });
    const { runs } = await system.run("chain", bench.scale.samples, { pace: "one by one" });
    return runs;
  });
}
