import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Action } from "../log/actions.ts";
import { commitName } from "../log/log-file-name.ts";

/** What a table is at its beginning. */
export const FIRST: readonly Action[] = [
  { protocol: { minReaderVersion: 1 } },
  {
    metaData: {
      id: "test",
      schemaString: JSON.stringify({ type: "struct", fields: [{ name: "at", type: "timestamp", nullable: true }] }),
      partitionColumns: [],
    },
  },
];

/** A data file with rows, as a writer adds it. */
export function added(path: string, numRecords: number, more: Partial<Action["add"] & object> = {}): Action {
  return {
    add: {
      path,
      partitionValues: {},
      modificationTime: 0,
      dataChange: true,
      stats: JSON.stringify({ numRecords }),
      ...more,
    },
  };
}

/** The commit info of an operation at a time. */
export function committed(operation: string, timestamp: number): Action {
  return { commitInfo: { operation, timestamp } };
}

/** Writes commits (by their version) and other files of a log into a new folder, which goes with the value. */
export async function logOf(
  commits: Readonly<Record<number, readonly Action[]>>,
  files: Readonly<Record<string, string>> = {},
): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "millrace-delta-log-"));
  const texts = Object.entries(commits).map(
    ([version, actions]) => [commitName(Number(version)), linesOf(actions)] as const,
  );
  for (const [name, text] of [...texts, ...Object.entries(files)]) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  }
  return { path, [Symbol.asyncDispose]: async () => await rm(path, { recursive: true, force: true }) };
}

/** Actions as a file of a log has them. */
export function linesOf(actions: readonly Action[]): string {
  return actions.map((action) => JSON.stringify(action)).join("\n");
}
