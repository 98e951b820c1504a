import type { Bench } from "../bench.ts";
import { formatFigure } from "../report/format-figure.ts";
import { startSystem, type MeasuredSystem } from "../system/measured-system.ts";
import { dagFile, dagText, writeDagFiles } from "../system/write-dag-files.ts";
import type { Workload } from "../workload.ts";

interface Measured {
  readonly startMs: number;
  readonly edits: readonly number[];
}

/** From before a DAG file is written until its new version is in the database and the scheduler knows. */
export const changedFile: Workload = {
  name: "changed-file",
  title: ({ dagFiles }) => `changed DAG file visible, ${formatFigure(dagFiles)} files`,
  unit: "ms",
  better: "lower",
  must: 1_000,
  aim: 300,
  run: async (bench) => (await measureOnce(bench)).edits,
};

/** A start of everything but the database, all files known and compiled. */
export const manyFilesStart: Workload = {
  name: "many-files-start",
  title: ({ dagFiles }) => `start with ${formatFigure(dagFiles)} known DAG files`,
  unit: "ms",
  better: "lower",
  run: async (bench) => [(await measureOnce(bench)).startMs],
};

function measureOnce(bench: Bench): Promise<Measured> {
  return bench.once("many files", async () => {
    await bench.endSystem();
    const folder = await bench.subfolder("many-files");
    await writeDagFiles(folder, bench.scale.dagFiles);
    const databaseUrl = await bench.database("many_files");
    bench.progress.note(`reading ${bench.scale.dagFiles} DAG files for the first time`);
    const first = await startSystem({ folder, databaseUrl });
    bench.progress.note(`the first start took ${Math.round(first.startMs)} ms`);
    await first.stop();
    const system = await startSystem({ folder, databaseUrl });
    const edits = await measureEdits(system, folder, bench.scale.edits);
    await system.stop();
    return { startMs: system.startMs, edits };
  });
}

async function measureEdits(system: MeasuredSystem, folder: string, edits: number): Promise<readonly number[]> {
  const samples: number[] = [];
  // The first edit only waits until the watch sees everything.
  for (let edit = 0; edit <= edits; edit += 1) {
    const text = dagText(edit, edit + 1);
    const ms = await system.ask({ k: "edit", file: dagFile(folder, edit), text, dagId: `dag_${edit}` });
    if (edit > 0) samples.push(ms);
  }
  return samples;
}
