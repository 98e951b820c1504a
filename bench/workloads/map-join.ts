import type { Workload } from "../workload.ts";

/** A list of 1 000, a task for each element, one that joins them, all limits at their defaults: from creation to end. */
export const mapJoin: Workload = {
  name: "map-join",
  title: () => "1 000-way map and join, default limits",
  unit: "ms",
  better: "lower",
  must: 300,
  aim: 100,
  async run(bench) {
    const system = await bench.system({ limits: "defaults" });
    await system.run("map_and_join", 2, { pace: "one by one" });
    const { runs } = await system.run("map_and_join", Math.ceil(bench.scale.samples / 2), { pace: "one by one" });
    return runs.map(({ createdMs, endedMs }) => endedMs - createdMs);
  },
};
