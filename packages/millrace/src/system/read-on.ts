import { isLive, type EngineStore, type InstanceRef, type Queries, type TaskTry } from "@millrace/core";
import { readLiveLog, readLog, type LiveLogCursor, type LogLine } from "@millrace/engine";

/** How far the log of a try was read. */
export interface ReadOn {
  readonly tryNumber: number;
  /** Lines that were read so far. */
  readonly count: number;
  /** Of the dispatch that the try was in. */
  readonly live?: { readonly dispatchId: string; readonly at?: LiveLogCursor };
}

/** What is read, and from where. */
export interface ReadOnOptions {
  readonly engine: Pick<EngineStore, "findDispatch">;
  readonly queries: Pick<Queries, "readLogRefs">;
  readonly dataFolder: string;
  readonly instance: InstanceRef;
  readonly attempt: TaskTry;
  /** Absent = from the first line. */
  readonly cursor: ReadOn | undefined;
}

/**
 * The lines of a try that have come since `cursor`: of one that a worker of this machine has, on its disk; of the others, stored.
 *
 * @returns `isLive`: a worker has it; more lines may come
 */
export async function readOn({
  engine,
  queries,
  dataFolder,
  instance,
  attempt,
  cursor = { tryNumber: attempt.tryNumber, count: 0 },
}: ReadOnOptions): Promise<{
  readonly lines: readonly LogLine[];
  readonly cursor: ReadOn;
  readonly isLive: boolean;
}> {
  const { tryNumber, count } = cursor;
  const told = (lines: readonly LogLine[], live?: ReadOn["live"]) => ({
    lines,
    cursor: { tryNumber, count: count + lines.length, ...(live && { live }) },
    isLive: live !== undefined,
  });
  // What was read while it ran is the beginning of what is stored.
  const storedLines = async (): Promise<readonly LogLine[]> =>
    (await Promise.all(attempt.logs.map((log) => readLog({ dataFolder, log })))).flat().slice(count);
  if (!isLive(attempt.state)) return told(await storedLines());
  const nothing = { lines: [], cursor, isLive: true };
  const dispatch = await engine.findDispatch(instance);
  if (dispatch?.tryNumber !== tryNumber) return nothing;
  const { dispatchId } = dispatch;
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
