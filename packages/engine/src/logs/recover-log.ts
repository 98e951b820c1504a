import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { LogRef } from "@millrace/core";
import { lineTag } from "./log-folder.ts";

const TAIL_CHARS = 2_000;
/** A takeover waits for the search: older segments than fit into this are left alone. */
const MAX_SEARCHED_BYTES = 64 * 1_048_576;

/** Finds what a try had written before its process died. @returns undefined when nothing of it reached the disk. */
export async function recoverLog(options: {
  readonly folder: string;
  readonly host: string;
  readonly segmentPrefix: string;
  readonly dispatchId: string;
}): Promise<LogRef | undefined> {
  // No folder: no try of this host has ever written.
  const names = await readdir(options.folder).catch(() => []);
  const tag = Buffer.from(`${lineTag(options.dispatchId)} `);
  for (const name of names.filter((candidate) => candidate.startsWith(`${options.segmentPrefix}-`))) {
    // A file that cannot be read costs its lines, never the report of the death.
    const data = await readFile(join(options.folder, name)).catch(() => Buffer.alloc(0));
    const lines = linesOf(data, tag);
    if (lines.length === 0) continue;
    return refOf(lines, options.host, name);
  }
  return undefined;
}

/**
 * Finds what tries of processes that are gone had written, in the segments that were written last.
 *
 * @returns by dispatch id; those of which nothing was found are missing.
 */
export async function recoverLogs(options: {
  readonly folder: string;
  readonly host: string;
  readonly dispatchIds: readonly string[];
}): Promise<ReadonlyMap<string, LogRef>> {
  const found = new Map<string, LogRef>();
  let bytesLeft = MAX_SEARCHED_BYTES;
  for (const { name, sizeBytes } of await newestFirst(options.folder)) {
    const missing = options.dispatchIds.filter((dispatchId) => !found.has(dispatchId));
    bytesLeft -= sizeBytes;
    if (missing.length === 0 || bytesLeft < 0) break;
    // A file that cannot be read costs its lines, never the takeover.
    const data = await readFile(join(options.folder, name)).catch(() => Buffer.alloc(0));
    for (const dispatchId of missing) {
      const lines = linesOf(data, Buffer.from(`${lineTag(dispatchId)} `));
      if (lines.length > 0) found.set(dispatchId, refOf(lines, options.host, name));
    }
  }
  return found;
}

async function newestFirst(folder: string): Promise<readonly { readonly name: string; readonly sizeBytes: number }[]> {
  // No folder: no try of this host has ever written. A file that is gone meanwhile went by retention.
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(
    names.map(async (name) => {
      const info = await stat(join(folder, name)).catch(() => undefined);
      return info?.isFile() === true ? [{ name, sizeBytes: info.size, writtenAtMs: info.mtimeMs }] : [];
    }),
  );
  return files.flat().sort((a, b) => b.writtenAtMs - a.writtenAtMs);
}

interface FoundLine {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

function refOf(lines: readonly FoundLine[], host: string, segment: string): LogRef {
  const tail: string[] = [];
  let chars = 0;
  for (let i = lines.length - 1; i >= 0 && chars + lines[i].text.length < TAIL_CHARS; i -= 1) {
    chars += lines[i].text.length + 1;
    tail.unshift(lines[i].text);
  }
  return {
    host,
    segment,
    from: lines[0].from,
    to: lines[lines.length - 1].to,
    lines: lines.length,
    tail: tail.join("\n"),
    complete: tail.length === lines.length,
  };
}

function linesOf(data: Buffer, tag: Buffer): readonly FoundLine[] {
  const lines: FoundLine[] = [];
  for (let at = data.indexOf(tag); at >= 0;) {
    const newline = data.indexOf(10, at);
    if (newline < 0) break;
    if (at === 0 || data[at - 1] === 10)
      lines.push({ text: data.toString("utf8", at + tag.length, newline), from: at, to: newline + 1 });
    at = data.indexOf(tag, newline);
  }
  return lines;
}
