import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A file in which tasks leave a line each time that their code runs. */
export interface Notes {
  /** For the executor of an engine: tells tasks where the file is. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `run what`, in the order of writing. */
  read(): Promise<readonly string[]>;
}

/** Makes such a file in a folder. */
export async function makeNotes(folder: string): Promise<Notes> {
  const file = join(folder, "notes.txt");
  await writeFile(file, "");
  return {
    environment: { ...process.env, MILLRACE_TASK_NOTES: file },
    read: async () => (await readFile(file, "utf8")).split("\n").filter((line) => line !== ""),
  };
}

/** Lines that are there more often than once. */
export function repeated(lines: readonly string[]): readonly string[] {
  return [...Map.groupBy(lines, (line) => line)].filter(([, same]) => same.length > 1).map(([line]) => line);
}
