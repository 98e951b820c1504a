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
    readLog: async (instance, tryNumber, before) => {
      const cursor = before as Cursor | undefined;
      // Who asked for the present try has asked for the one that was present then.
      const wanted = tryNumber ?? cursor?.tryNumber;
      const tries = await queries.listTries(instance);
      const attempt = wanted === undefined ? tries.at(-1) : tries.find((each) => each.tryNumber === wanted);
      if (!attempt) return { lines: [], cursor, isOver: true };
      return await readTry(store, dataFolder, { instance, attempt, cursor });
    },
  };
}

interface Cursor {
  readonly tryNumber: number;
  /** Lines that were read so far. */
  readonly count: number;
  /** How far the log of the dispatch was read that the try was in. */
  readonly live?: { readonly dispatchId: string; readonly at?: LiveLogCursor };
}

async function readTry(
  { engine, queries }: MillraceStore,
  dataFolder: string,
  {
    instance,
    attempt,
    cursor = { tryNumber: attempt.tryNumber, count: 0 },
  }: { readonly instance: InstanceRef; readonly attempt: TaskTry; readonly cursor: Cursor | undefined },
): Promise<{ readonly lines: readonly string[]; readonly cursor: Cursor; readonly isOver: boolean }> {
  const { tryNumber, count } = cursor;
  const told = (lines: readonly LogLine[], live?: Cursor["live"]) => ({
    lines: lines.map(textOf),
    cursor: { tryNumber, count: count + lines.length, ...(live && { live }) },
    isOver: live === undefined,
  });
  // What was read while it ran is the beginning of what is stored.
  const storedLines = async (): Promise<readonly LogLine[]> =>
    (await Promise.all(attempt.logs.map((log) => readLog({ dataFolder, log })))).flat().slice(count);
  if (!isLive(attempt.state)) return told(await storedLines());
  const nothing = { lines: [], cursor, isOver: false };
  const rows = await engine.loadRun(instance.runId);
  const row = rows?.instances.find((each) => each.taskId === instance.taskId && each.mapIndex === instance.mapIndex);
  if (row?.dispatchId === undefined || row.tryNumber !== tryNumber) return nothing;
  const { dispatchId } = row;
  if (cursor.live?.dispatchId === dispatchId) {
    const { at } = cursor.live;
    const live = await readLiveLog({ dataFolder, dispatchId, ...(at && { cursor: at }) });
    return told(live.lines, { dispatchId, ...(live.cursor && { at: live.cursor }) });
  }
  // Those before it, between which it was rescheduled or deferred, have left theirs; if one has done so just now, it is looked at again.
  const refs = await queries.readLogRefs(instance, tryNumber);
  if (refs.length !== attempt.logs.length) return nothing;
  const [stored, live] = [await storedLines(), await readLiveLog({ dataFolder, dispatchId })];
  return told([...stored, ...live.lines], { dispatchId, ...(live.cursor && { at: live.cursor }) });
}

function textOf(line: LogLine): string {
  return JSON.stringify({ ...line, ts: formatInstant(line.ts) });
}
