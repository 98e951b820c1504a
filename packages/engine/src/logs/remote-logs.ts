import type { LogRef, RemoteLogs } from "@millrace/core";
import { lineTag, logFolder } from "./log-folder.ts";
import { SegmentWriter, type Segment } from "./segment-writer.ts";

const SEGMENT_BYTES = 16 * 1_048_576;
const TAIL_CHARS = 2_000;
/** A dispatch whose worker has pushed nothing for so long has ended or is lost. */
const IDLE_MS = 600_000;

interface RemoteLog {
  readonly segment: Segment;
  from: number;
  to: number;
  lines: number;
  tail: string[];
  tailChars: number;
  pushedAtMs: number;
}

/** What {@link createRemoteLogs} writes to. */
export interface RemoteLogsOptions {
  readonly dataFolder: string;
  /** Name of this machine in log references. */
  readonly host: string;
  /** Unique among all processes that ever wrote to the folder. */
  readonly prefix: string;
  readonly nowMs: () => number;
}

/** Keeps lines of remote workers in segment files of this host, where they are read like those of its own workers, also while the try runs. */
export function createRemoteLogs({ dataFolder, host, prefix, nowMs }: RemoteLogsOptions): RemoteLogs {
  const writer = new SegmentWriter({ folder: logFolder(dataFolder, host), prefix, maxBytes: SEGMENT_BYTES });
  const logs = new Map<string, RemoteLog>();
  const forgetIdle = (): void => {
    for (const [dispatchId, log] of logs) {
      if (nowMs() - log.pushedAtMs < IDLE_MS) return;
      logs.delete(dispatchId);
      writer.release(log.segment);
    }
  };
  return {
    push({ dispatchId, from, lines }) {
      const log = logs.get(dispatchId) ?? begin(writer);
      // The one that was pushed last is the last of the map: those that are idle come first.
      logs.delete(dispatchId);
      logs.set(dispatchId, log);
      log.pushedAtMs = nowMs();
      if (from <= log.lines) append(writer, log, { tag: lineTag(dispatchId), lines: lines.slice(log.lines - from) });
      forgetIdle();
      return Promise.resolve(log.lines);
    },
    find(dispatchId) {
      const log = logs.get(dispatchId);
      return log && refOf(log, host);
    },
    end(dispatchId) {
      const log = logs.get(dispatchId);
      if (!log) return;
      logs.delete(dispatchId);
      writer.release(log.segment);
    },
  };
}

function begin(writer: SegmentWriter): RemoteLog {
  return { segment: writer.acquire(), from: 0, to: 0, lines: 0, tail: [], tailChars: 0, pushedAtMs: 0 };
}

function append(
  writer: SegmentWriter,
  log: RemoteLog,
  { tag, lines }: { readonly tag: string; readonly lines: readonly string[] },
): void {
  if (lines.length === 0) return;
  // What a worker sends as one line must be one: another would be read as somebody else's.
  const clean = lines.map((line) => line.replaceAll(/[\r\n]+/g, " "));
  const block = writer.append(log.segment, clean.map((line) => `${tag} ${line}\n`).join(""));
  if (log.lines === 0) log.from = block.from;
  log.to = block.to;
  log.lines += lines.length;
  for (const line of clean) {
    log.tail.push(line);
    log.tailChars += line.length + 1;
    while (log.tailChars > TAIL_CHARS) log.tailChars -= (log.tail.shift() ?? "").length + 1;
  }
}

function refOf({ segment, from, to, lines, tail }: RemoteLog, host: string): LogRef {
  return { host, segment: segment.name, from, to, lines, tail: tail.join("\n"), complete: tail.length === lines };
}
