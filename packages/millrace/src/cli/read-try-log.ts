import type { InstanceRef, TaskTry } from "@millrace/core";
import type { LogLine } from "@millrace/engine";
import { readOn, type ReadOn } from "../system/read-on.ts";
import type { OpenProject } from "./open-project.ts";

/** Lines of a try, and where to go on. */
export interface TryLines {
  readonly lines: readonly LogLine[];
  readonly cursor: ReadOn;
}

/** A try to read. */
export interface TryToRead {
  readonly instance: InstanceRef;
  readonly attempt: TaskTry;
  /** Absent = from its first line. */
  readonly cursor?: ReadOn;
}

/** Reads on in the log of a try: what is stored of it, and what is on this machine's disk while it runs. */
export async function readTryLog(
  { engine, queries, readLines }: Pick<OpenProject, "engine" | "queries" | "readLines">,
  dataFolder: string,
  { instance, attempt, cursor }: TryToRead,
): Promise<TryLines> {
  if (!readLines) return await readOn({ engine, queries, dataFolder, instance, attempt, cursor });
  const { tryNumber } = attempt;
  const from = cursor?.count ?? 0;
  const lines = await readLines(instance, { try: tryNumber, from });
  return { lines, cursor: { tryNumber, count: from + lines.length } };
}
