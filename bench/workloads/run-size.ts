import { formatFigure } from "../report/format-figure.ts";
import type { Workload } from "../workload.ts";

/** The same number of tasks of the same kind in one run and in many: what a task of the one costs, as a multiple of one of the many. */
export const runSize: Workload = {
  name: "run-size",
  title: ({ largeRunTasks, smallRunTasks }) =>
    `one run of ${formatFigure(largeRunTasks)} against runs of ${smallRunTasks}, per task`,
  unit: "×",
  better: "lower",
  must: 1.5,
  aim: 1.1,
  async run(bench) {
    const { largeRunTasks, smallRunTasks, sizePairs } = bench.scale;
    const system = await bench.system({ limits: "wide" });
    const samples: number[] = [];
    const elapsed = async (runs: number, tasks: number): Promise<number> => {
      const { elapsedMs } = await system.run("sized", runs, { pace: "together", conf: JSON.stringify({ tasks }) });
      return elapsedMs;
    };
    await elapsed(10, smallRunTasks);
    for (let pair = 1; pair <= sizePairs; pair += 1) {
      const many = await elapsed(largeRunTasks / smallRunTasks, smallRunTasks);
      const one = await elapsed(1, largeRunTasks);
      samples.push(one / many);
      bench.progress.note(`${pair} of ${sizePairs}: ${Math.round(one)} ms against ${Math.round(many)} ms`);
    }
    return samples;
  },
};
