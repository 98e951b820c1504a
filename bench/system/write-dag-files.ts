import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { linkModules } from "./measured-system.ts";

const TASKS = 10;
const FOLDERS = 20;

/** Makes a project of many DAG files, ten tasks each, in twenty folders; all import one module. */
export async function writeDagFiles(folder: string, files: number): Promise<void> {
  await linkModules(folder);
  await mkdir(join(folder, "dags", "lib"), { recursive: true });
  await writeFile(join(folder, "dags", "lib", "size.ts"), "export const size = (n: number): number => n * 2;\n");
  for (let index = 0; index < files; index += 1) {
    const file = dagFile(folder, index);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, dagText(index, 0));
  }
}

/** Path of a file of {@link writeDagFiles}. */
export function dagFile(folder: string, index: number): string {
  return join(folder, "dags", `team_${index % FOLDERS}`, `dag_${index}.dag.ts`);
}

/** Its text after so many edits. */
export function dagText(index: number, edits: number): string {
  const steps = Array.from({ length: TASKS - 1 }, (_, step) => {
    const after = step === 0 ? "sizes" : `step${step - 1}`;
    return `  const step${step} = task("step_${step}", { after: [${after}] }, () => ${edits});`;
  });
  return `import { cron, dag } from "millrace";
import { size } from "../lib/size.ts";
export const declared = dag("dag_${index}", { schedule: cron("@daily"), tags: ["bench"] }, ({ task, map }) => {
  const sizes = map("size", { each: { n: [1, 2, 3] }, retries: 2 }, ({ n }) => size(n));
${steps.join("\n")}
});
`;
}
