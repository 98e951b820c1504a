import type { Bench } from "../bench.ts";
import { quantile } from "../statistics.ts";
import type { Workload } from "../workload.ts";

const GROUPS = 5;

/** From before a trigger is sent until the first task's code runs, nothing else going on: the usual case. */
export const startLatency: Workload = {
  name: "start-p50",
  title: () => "trigger → first task running, p50",
  unit: "ms",
  better: "lower",
  must: 5,
  aim: 1.5,
  run: async (bench) => (await latencies(bench)).map((group) => quantile(group, 0.5)),
};

/** The same, the slowest of a hundred. */
export const startLatencyTail: Workload = {
  name: "start-p99",
  title: () => "trigger → first task running, p99",
  unit: "ms",
  better: "lower",
  must: 20,
  aim: 5,
  run: async (bench) => (await latencies(bench)).map((group) => quantile(group, 0.99)),
};

/** Groups of latencies; the median of their quantiles is not decided by one bad moment of the machine. */
function latencies(bench: Bench): Promise<readonly (readonly number[])[]> {
  return bench.once("start latency", async () => {
    const system = await bench.system({ limits: "defaults" });
    await system.run("start_time", 20, { pace: "one by one" });
    const groups: number[][] = [];
    for (let group = 0; group < GROUPS; group += 1) {
      const { runs } = await system.run("start_time", Math.ceil(bench.scale.starts / GROUPS), { pace: "one by one" });
      const group: number[] = [];
      for (const { runId, sentNs } of runs) {
        const beganNs = JSON.parse(await system.ask({ k: "result", runId, taskId: "begin" })) as string;
        group.push(Number(BigInt(beganNs) - BigInt(sentNs)) / 1e6);
      }
      groups.push(group);
    }
    return groups;
  });
}
