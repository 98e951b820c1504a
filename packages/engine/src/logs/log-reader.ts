import {
  isLive,
  type EngineStore,
  type InstanceRef,
  type LogReader,
  type Queries,
  type TaskTry,
  type TryLogLine,
} from "@millrace/core";
import type { LogLine } from "./log-line.ts";
import { readLiveLog, streamLog } from "./read-log.ts";

/** What {@link createLogReader} reads from. */
export interface LogReaderOptions {
  readonly store: Pick<EngineStore, "findDispatch">;
  readonly queries: Pick<Queries, "readLogRefs">;
  readonly dataFolder: string;
}

/** Reads logs from the rows of tries that have ended, and from this machine's disk while they run. */
export function createLogReader(options: LogReaderOptions): LogReader {
  return {
    async *readTry(instance, attempt, skip) {
      let passed = 0;
      for await (const line of linesOf(options, instance, attempt)) {
        passed += 1;
        if (passed > skip) yield line;
      }
    },
  };
}

async function* linesOf(
  options: LogReaderOptions,
  instance: InstanceRef,
  attempt: TaskTry,
): AsyncGenerator<TryLogLine> {
  const { store, queries, dataFolder } = options;
  const refs = await queries.readLogRefs(instance, attempt.tryNumber);
  for (const log of refs) for await (const line of streamLog({ dataFolder, log })) yield lineOf(log.host, line);
  if (!isLive(attempt.state)) return;
  const dispatch = await store.findDispatch(instance);
  if (!dispatch) return;
  const { lines } = await readLiveLog({ dataFolder, dispatchId: dispatch.dispatchId });
  for (const line of lines) yield lineOf("", line);
}

function lineOf(host: string, { ts, level, source, msg, fields }: LogLine): TryLogLine {
  return { host, at: ts, level, source, message: msg, ...(fields && { fields }) };
}
