import { isLive, type InstanceRef, type TaskTry } from "@millrace/core";
import { readLiveLog, readLog, type LiveLogCursor, type LogLine } from "@millrace/engine";
import type { OpenProject } from "./open-project.ts";

/** Lines of a try, and where to go on while it runs. */
export interface TryLines {
  readonly lines: readonly LogLine[];
  readonly cursor?: LiveLogCursor;
}

/** A try to read. */
export interface TryToRead {
  readonly instance: InstanceRef;
  readonly attempt: TaskTry;
  readonly cursor?: LiveLogCursor;
}

/** Reads the log of a try: what is stored when it has ended, what is on this machine's disk while it runs. */
export async function readTryLog(
  { engine, queries, readLines }: Pick<OpenProject, "engine" | "queries" | "readLines">,
  dataFolder: string,
  { instance, attempt, cursor }: TryToRead,
): Promise<TryLines> {
  if (readLines) {
    const from = cursor?.at ?? 0;
    const lines = await readLines(instance, { try: attempt.tryNumber, from });
    return { lines, cursor: { file: "", at: from + lines.length } };
  }
  if (!isLive(attempt.state)) {
    const refs = await queries.readLogRefs(instance, attempt.tryNumber);
    const parts = await Promise.all(refs.map((log) => readLog({ dataFolder, log })));
    return { lines: parts.flat() };
  }
  const rows = await engine.loadRun(instance.runId);
  const row = rows?.instances.find((each) => each.taskId === instance.taskId && each.mapIndex === instance.mapIndex);
  if (row?.dispatchId === undefined) return { lines: [] };
  return await readLiveLog({ dataFolder, dispatchId: row.dispatchId, ...(cursor && { cursor }) });
}
