import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { LogRef } from "@millrace/core";
import { lineTag } from "./log-folder.ts";

const TAIL_CHARS = 2_000;

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
    const lines = linesOf(await readFile(join(options.folder, name)), tag);
    if (lines.length === 0) continue;
    const tail: string[] = [];
    let chars = 0;
    for (let i = lines.length - 1; i >= 0 && chars + lines[i].text.length < TAIL_CHARS; i -= 1) {
      chars += lines[i].text.length + 1;
      tail.unshift(lines[i].text);
    }
    return {
      host: options.host,
      segment: name,
      from: lines[0].from,
      to: lines[lines.length - 1].to,
      lines: lines.length,
      tail: tail.join("\n"),
      complete: tail.length === lines.length,
    };
  }
  return undefined;
}

function linesOf(
  data: Buffer,
  tag: Buffer,
): readonly { readonly text: string; readonly from: number; readonly to: number }[] {
  const lines: { text: string; from: number; to: number }[] = [];
  for (let at = data.indexOf(tag); at >= 0;) {
    const newline = data.indexOf(10, at);
    if (newline < 0) break;
    if (at === 0 || data[at - 1] === 10)
      lines.push({ text: data.toString("utf8", at + tag.length, newline), from: at, to: newline + 1 });
    at = data.indexOf(tag, newline);
  }
  return lines;
}
