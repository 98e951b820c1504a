import { readFile } from "node:fs/promises";
import type { ImportError } from "@millrace/core";

const CONTEXT_LINES = 2;
const MAX_LINE_CHARS = 160;

/** A place in a source file; line and column count from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * An import error as people read it: what is wrong, where, and the lines around that place.
 *
 * @param file the DAG file that cannot be loaded; the place may lie in a file that it imports.
 */
export async function importError(
  file: string,
  what: { readonly message: string; readonly at?: SourcePlace; readonly stack?: string },
): Promise<ImportError> {
  const { message, at, stack } = what;
  const withStack = stack === undefined ? {} : { stack };
  if (at === undefined) return { file, message, ...withStack };
  const frame = await codeFrame(at);
  const elsewhere = at.file === file ? "" : `in ${at.file}: `;
  return {
    file,
    message: `${elsewhere}${message}${frame === undefined ? "" : `\n\n${frame}`}`,
    line: at.line,
    column: at.column,
    ...withStack,
  };
}

/** Finds the first place in a stack that lies in one of the author's own files. */
export function placeInStack(stack: string, own: readonly string[]): SourcePlace | undefined {
  for (const line of stack.split("\n")) {
    const place = readPlace(line.trim().match(/^at .*?\(?((?:file:\/\/)?\/[^()]+:\d+:\d+)\)?$/)?.[1]);
    if (place !== undefined && own.includes(place.file)) return place;
  }
  return undefined;
}

/** Reads `file:line:column`. */
export function readPlace(text: string | undefined): SourcePlace | undefined {
  const parts = text?.match(/^(?:file:\/\/)?(.+):(\d+):(\d+)$/);
  return parts ? { file: parts[1], line: Number(parts[2]), column: Number(parts[3]) } : undefined;
}

async function codeFrame({ file, line, column }: SourcePlace): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    // The frame is an extra: without the file (a package's own source) the message stands alone.
    return undefined;
  }
  const lines = text.split(/\r?\n/);
  if (line > lines.length) return undefined;
  const first = Math.max(1, line - CONTEXT_LINES);
  const last = Math.min(lines.length, line + CONTEXT_LINES);
  const width = String(last).length;
  const shown: string[] = [];
  for (let number = first; number <= last; number += 1) {
    const isHere = number === line;
    shown.push(
      `${isHere ? ">" : " "} ${String(number).padStart(width)} | ${lines[number - 1].slice(0, MAX_LINE_CHARS)}`.trimEnd(),
    );
    if (isHere && column <= MAX_LINE_CHARS) shown.push(`  ${" ".repeat(width)} | ${" ".repeat(column - 1)}^`);
  }
  return shown.join("\n");
}
