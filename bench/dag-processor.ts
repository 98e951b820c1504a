// 1 000 DAG files: first scan, scan with a full cache, and an edit until it is handed to the store. Prints a table; asserts nothing.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createDagProcessor, type DagProcessor } from "@millrace/engine";

const FILES = 1_000;
const TASKS = 10;
const EDITS = 5;
const AIMS = { "first scan": 3_000, "scan, all cached": 400, "edit to save": 300 } as const;

const folder = mkdtempSync(join(tmpdir(), "millrace-bench-dags-"));
let whenSaved = (): void => undefined;

function dagText(index: number, edit: number): string {
  const steps = Array.from({ length: TASKS - 1 }, (_, step) => {
    const after = step === 0 ? "sizes" : `step${step - 1}`;
    return `  const step${step} = task("step_${step}", { after: [${after}] }, () => ${edit});`;
  });
  return `import { cron, dag } from "@millrace/core";
import { size } from "../lib/size.ts";
export const declared = dag("dag_${index}", { schedule: cron("@daily"), tags: ["bench"] }, ({ task, map }) => {
  const sizes = map("size", { each: { n: [1, 2, 3] }, retries: 2 }, ({ n }) => size(n));
${steps.join("\n")}
});
`;
}

function fileOf(index: number): string {
  return join(folder, "dags", `team_${index % 20}`, `dag_${index}.dag.ts`);
}

function writeProject(): void {
  mkdirSync(join(folder, "node_modules", "@millrace"), { recursive: true });
  symlinkSync(resolve(import.meta.dirname, "../packages/core"), join(folder, "node_modules", "@millrace", "core"));
  mkdirSync(join(folder, "dags", "lib"), { recursive: true });
  writeFileSync(join(folder, "dags", "lib", "size.ts"), "export const size = (n: number): number => n * 2;\n");
  for (let index = 0; index < FILES; index += 1) {
    mkdirSync(join(folder, "dags", `team_${index % 20}`), { recursive: true });
    writeFileSync(fileOf(index), dagText(index, 0));
  }
}

function makeProcessor(): DagProcessor {
  const silent = (): void => undefined;
  return createDagProcessor({
    folders: [join(folder, "dags")],
    dataFolder: join(folder, ".millrace"),
    environment: process.env,
    log: { debug: silent, info: silent, warn: console.error, error: console.error },
    save: async () => {
      whenSaved();
      return [];
    },
  });
}

async function measure(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function measureScan(): Promise<number> {
  const processor = makeProcessor();
  const ms = await measure(() => processor.scanOnce());
  await processor.stop();
  return ms;
}

async function measureEdits(): Promise<readonly number[]> {
  const processor = makeProcessor();
  await processor.start();
  const times: number[] = [];
  // The first edit only waits until the watch sees everything.
  for (let edit = 0; edit <= EDITS; edit += 1) {
    const saved = new Promise<void>((done) => (whenSaved = done));
    const ms = await measure(async () => {
      writeFileSync(fileOf(edit), dagText(edit, edit + 1));
      await saved;
    });
    if (edit > 0) times.push(ms);
  }
  await processor.stop();
  return times;
}

try {
  writeProject();
  const rows: Record<keyof typeof AIMS, readonly number[]> = {
    "first scan": [await measureScan()],
    "scan, all cached": [await measureScan(), await measureScan(), await measureScan()],
    "edit to save": await measureEdits(),
  };
  console.log(`${FILES} DAG files of ${TASKS} tasks, ${availableParallelism()} cores, Node ${process.version}`);
  const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
  console.table(
    Object.entries(rows).map(([what, times]) => ({
      what,
      "median ms": Math.round(median(times)),
      "worst ms": Math.round(Math.max(...times)),
      "aim ms": AIMS[what as keyof typeof AIMS],
    })),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
