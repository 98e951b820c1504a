import { createReadStream } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { lineTag, logFolder } from "./log-folder.ts";
import { parseLogLine, type LogLine } from "./log-line.ts";
import type { TryLogRef } from "./try-log.ts";

const NEWLINE = 10;
const CHUNK_BYTES = 1_048_576;
/** A segment that was not touched for so long before the first look cannot hold a live try that has lines to show. */
const LIVE_WINDOW_MS = 7 * 24 * 3_600_000;

/** How far a reader of a live log has come. Opaque; hand it back as it is. */
export interface LiveLogCursor {
  readonly file: string;
  readonly at: number;
}

/** The log of a try that has ended. When its file is gone (retention), what the tail still has. */
export async function readLog(options: {
  readonly dataFolder: string;
  readonly log: TryLogRef & { readonly host: string };
}): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of streamLog(options)) lines.push(line);
  return lines;
}

/** The same, line by line: a large log is never in memory as a whole. */
export async function* streamLog({
  dataFolder,
  log,
}: {
  readonly dataFolder: string;
  readonly log: TryLogRef & { readonly host: string };
}): AsyncGenerator<LogLine> {
  const file = join(logFolder(dataFolder, log.host), log.segment);
  const tag = log.complete || log.segment === "" ? undefined : await tagAt(file, log.from);
  if (tag === undefined) {
    yield* parseLines(log.tail.split("\n"));
    return;
  }
  for await (const { text } of taggedLines(file, tag, log.from, log.to)) yield* parseLines([text]);
}

/**
 * The lines that a try of this machine has written since `cursor`, also while it runs (they come to the disk every 200 ms).
 *
 * @returns the lines and where to go on; without a cursor in the result nothing was written yet.
 */
export async function readLiveLog(options: {
  readonly dataFolder: string;
  readonly dispatchId: string;
  readonly cursor?: LiveLogCursor;
}): Promise<{
  readonly lines: readonly LogLine[];
  readonly cursor?: LiveLogCursor;
}> {
  const tag = lineTag(options.dispatchId);
  const places =
    options.cursor === undefined
      ? (await recentSegments(options.dataFolder)).map((file) => ({ file, at: 0 }))
      : [options.cursor];
  for (const place of places) {
    const texts: string[] = [];
    let at = place.at;
    for await (const line of taggedLines(place.file, tag, place.at, Number.POSITIVE_INFINITY)) {
      texts.push(line.text);
      at = line.end;
    }
    if (texts.length > 0) return { lines: parseLines(texts), cursor: { file: place.file, at } };
  }
  return options.cursor === undefined ? { lines: [] } : { lines: [], cursor: options.cursor };
}

/** How far each segment of a data folder goes now, in bytes: a dispatch that is to be handed over has its lines beyond. */
export async function segmentSizes(dataFolder: string): Promise<Map<string, number>> {
  return new Map((await segmentsIn(dataFolder)).map(({ file, size }) => [file, size]));
}

/**
 * Where the lines of a dispatch begin.
 *
 * @param options.seen bytes of each segment in which they do not; goes on to all that is looked through now, so that no byte is looked at twice.
 * @returns undefined when none was written yet.
 * @throws what the file system says, once all other segments were looked through.
 */
export async function findLiveLog({
  dataFolder,
  dispatchId,
  seen,
}: {
  readonly dataFolder: string;
  readonly dispatchId: string;
  readonly seen: Map<string, number>;
}): Promise<LiveLogCursor | undefined> {
  const segments = await segmentsIn(dataFolder);
  const there = new Set(segments.map(({ file }) => file));
  for (const file of seen.keys()) if (!there.has(file)) seen.delete(file);
  const errors: unknown[] = [];
  for (const { file, size } of segments) {
    const from = seen.get(file) ?? 0;
    if (size <= from) continue;
    const lines = taggedLines(file, lineTag(dispatchId), from, Number.POSITIVE_INFINITY);
    try {
      const first = await lines.next();
      if (first.done === true) seen.set(file, first.value);
      else {
        await lines.return(from);
        return { file, at: first.value.from };
      }
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
  return undefined;
}

interface SegmentFile {
  readonly file: string;
  /** When it was last written, in milliseconds of the file system's clock. */
  readonly at: number;
  readonly size: number;
}

/** Segments of all hosts in this data folder. */
async function segmentsIn(dataFolder: string): Promise<readonly SegmentFile[]> {
  const root = join(dataFolder, "logs");
  const files: SegmentFile[] = [];
  for (const host of await namesIn(root)) {
    for (const name of await namesIn(join(root, host))) {
      const file = join(root, host, name);
      const info = name.endsWith(".log") ? await stat(file).catch(() => undefined) : undefined;
      if (info !== undefined) files.push({ file, at: info.mtimeMs, size: info.size });
    }
  }
  return files;
}

/** Most recently written first. */
async function recentSegments(dataFolder: string): Promise<readonly string[]> {
  const files = await segmentsIn(dataFolder);
  const newest = files.reduce((max, entry) => Math.max(max, entry.at), 0);
  return files
    .filter((entry) => newest - entry.at < LIVE_WINDOW_MS)
    .sort((a, b) => b.at - a.at)
    .map((entry) => entry.file);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  // A folder that does not exist yet has no logs; that is an answer and no error.
  return await readdir(folder).catch(() => []);
}

async function tagAt(file: string, from: number): Promise<string | undefined> {
  // The file may be gone by retention; the caller then shows the tail.
  const handle = await open(file, "r").catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, from);
    const space = buffer.subarray(0, bytesRead).indexOf(32);
    return space > 0 ? buffer.toString("latin1", 0, space) : undefined;
  } finally {
    await handle.close();
  }
}

/** The whole lines of one tag in a byte range, without the tag, and where each begins and ends. @returns where the last whole line of any tag ends. */
async function* taggedLines(
  file: string,
  tag: string,
  from: number,
  to: number,
): AsyncGenerator<{ readonly text: string; readonly from: number; readonly end: number }, number> {
  const prefix = Buffer.from(`${tag} `);
  const stream = createReadStream(file, {
    start: from,
    highWaterMark: CHUNK_BYTES,
    ...(Number.isFinite(to) ? { end: Math.max(from, to - 1) } : {}),
  });
  let rest: Buffer = Buffer.alloc(0);
  let offset = from;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = data.indexOf(NEWLINE, start); end >= 0; end = data.indexOf(NEWLINE, start)) {
      if (data.subarray(start, start + prefix.length).equals(prefix))
        yield {
          text: data.toString("utf8", start + prefix.length, end),
          from: offset + start,
          end: offset + end + 1,
        };
      start = end + 1;
    }
    rest = data.subarray(start);
    offset += start;
  }
  return offset;
}

function parseLines(texts: readonly string[]): readonly LogLine[] {
  return texts.map(parseLogLine).filter((line) => line !== undefined);
}
