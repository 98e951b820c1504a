import { formatInstant, isLive, type InstanceRef, type TaskTry } from "@millrace/core";
import {
  previewBackfill,
  previewCommand,
  readLiveLog,
  readLog,
  type LiveLogCursor,
  type LogLine,
} from "@millrace/engine";
import type { OwnPorts } from "@millrace/server";
import type { MillraceStore } from "@millrace/store";
import type { Config } from "../config.ts";
import { rulesOf } from "./rules-of.ts";

/** Joins Millrace's own API with store and engine. */
export function makeOwnPorts(config: Config, store: MillraceStore): OwnPorts {
  const rules = rulesOf(config);
  const { engine, queries } = store;
  const { dataFolder } = config.core;
  return {
    store: store.ownApi,
    rules,
    capacity: config.executor.concurrency,
    loadVersion: (dagId, version) => engine.loadGraph(dagId, version),
    previewCommand: (dagId, command) => previewCommand(dagId, command, { store: engine, rules }),
    previewBackfill: async function* (schedule, wish) {
      yield* previewBackfill(queries, schedule, wish, await engine.now());
    },
    readLog: async (instance, tryNumber, cursor) => {
      const tries = await queries.listTries(instance);
      const attempt = tryNumber === undefined ? tries.at(-1) : tries.find((each) => each.tryNumber === tryNumber);
      if (!attempt) return { lines: [], cursor, isOver: true };
      return await readTry(store, dataFolder, { instance, attempt, cursor: cursor as Cursor | undefined });
    },
  };
}

interface Cursor {
  readonly live?: LiveLogCursor;
  /** Lines that were read so far. */
  readonly count: number;
}

async function readTry(
  { engine }: MillraceStore,
  dataFolder: string,
  {
    instance,
    attempt,
    cursor,
  }: { readonly instance: InstanceRef; readonly attempt: TaskTry; readonly cursor: Cursor | undefined },
): Promise<{ readonly lines: readonly string[]; readonly cursor: Cursor; readonly isOver: boolean }> {
  const count = cursor?.count ?? 0;
  if (!isLive(attempt.state)) {
    const parts = await Promise.all(attempt.logs.map((log) => readLog({ dataFolder, log })));
    // What was read while it ran is the beginning of what is stored.
    const lines = parts.flat().slice(count).map(textOf);
    return { lines, cursor: { count: count + lines.length }, isOver: true };
  }
  const rows = await engine.loadRun(instance.runId);
  const row = rows?.instances.find((each) => each.taskId === instance.taskId && each.mapIndex === instance.mapIndex);
  if (row?.dispatchId === undefined) return { lines: [], cursor: { count }, isOver: false };
  const live = await readLiveLog({
    dataFolder,
    dispatchId: row.dispatchId,
    ...(cursor?.live && { cursor: cursor.live }),
  });
  return {
    lines: live.lines.map(textOf),
    cursor: { count: count + live.lines.length, ...(live.cursor && { live: live.cursor }) },
    isOver: false,
  };
}

function textOf(line: LogLine): string {
  return JSON.stringify({ ...line, ts: formatInstant(line.ts) });
}
