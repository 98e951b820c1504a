import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";

const FLUSH_CHARS = 64 * 1024;

/** A file of lines that is being written. Nothing promises to be on disk before `finish` returns. */
export interface LineWriter {
  write(line: string): Promise<void>;
  /** Writes out, syncs and closes; with the number of lines and bytes. */
  finish(): Promise<LineTotals>;
  /** Closes without a promise about the content. Harmless after `finish`. */
  abandon(): Promise<void>;
}

/** What was written before `finish`. */
export interface LineTotals {
  readonly lines: number;
  readonly bytes: number;
}

/** Creates `path`, which must not exist, for writing lines. Keeps at most 64 Ki characters in memory. */
export async function openLineWriter(path: string): Promise<LineWriter> {
  const handle = await open(path, "wx");
  let buffered: string[] = [];
  let bufferedChars = 0;
  let totals: LineTotals = { lines: 0, bytes: 0 };
  let isOpen = true;
  const flush = async (): Promise<void> => {
    if (buffered.length === 0) return;
    const chunk = Buffer.from(buffered.join(""));
    totals = { lines: totals.lines + buffered.length, bytes: totals.bytes + chunk.length };
    buffered = [];
    bufferedChars = 0;
    await handle.writeFile(chunk);
  };
  const abandon = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await handle.close();
  };
  return {
    write: async (line) => {
      buffered.push(`${line}\n`);
      bufferedChars += line.length + 1;
      if (bufferedChars >= FLUSH_CHARS) await flush();
    },
    finish: async () => {
      try {
        await flush();
        await handle.sync();
      } finally {
        await abandon();
      }
      return totals;
    },
    abandon,
  };
}

/** Options of {@link readLines}. */
export interface ReadLinesOptions {
  /** Longest line in characters; a longer one arrives as `null` and is never held in memory. Default 1 Mi. */
  readonly maxChars?: number;
  readonly signal?: AbortSignal;
}

/** The lines of a file (UTF-8, line ends LF or CRLF, a byte order mark is dropped), read chunk by chunk. */
export async function* readLines(path: string, options: ReadLinesOptions = {}): AsyncGenerator<string | null> {
  const { maxChars = 1024 * 1024, signal } = options;
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let isTooLong = false;
  let isFirst = true;
  const complete = (line: string): string | null => {
    if (isTooLong || line.length > maxChars) {
      isTooLong = false;
      return null;
    }
    return line.endsWith("\r") ? line.slice(0, -1) : line;
  };
  for await (const chunk of createReadStream(path, {
    highWaterMark: 64 * 1024,
    ...(signal === undefined ? {} : { signal }),
  })) {
    const text = rest + decoder.write(chunk as Buffer);
    const lines = (isFirst && text.startsWith("\uFEFF") ? text.slice(1) : text).split("\n");
    isFirst = false;
    rest = lines.pop() ?? "";
    for (const line of lines) yield complete(line);
    if (rest.length > maxChars) {
      isTooLong = true;
      rest = "";
    }
  }
  rest += decoder.end();
  if (rest !== "" || isTooLong) yield complete(rest);
}
