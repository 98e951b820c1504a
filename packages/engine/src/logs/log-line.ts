import type { Micros } from "@millrace/core";

/** How much a line matters. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** One line of a try's log. */
export interface LogLine {
  readonly ts: Micros;
  readonly level: LogLevel;
  /** Who wrote it: `task`, `console`, `stdout`, `stderr`, `millrace`, or the name of a subprocess. */
  readonly source: string;
  readonly msg: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Longest message and longest fields of a line, in characters; what is longer is cut and says so. */
const MAX_LINE_CHARS = 16_384;

/** The line as one line of JSON, at most about twice {@link MAX_LINE_CHARS} long. Fields that cannot be JSON become text. */
export function encodeLogLine(line: LogLine): string {
  const head = `{"ts":${line.ts},"level":"${line.level}","source":${JSON.stringify(line.source)},"msg":${JSON.stringify(cut(line.msg))}`;
  const fields = line.fields === undefined ? undefined : encodeFields(line.fields);
  return fields === undefined ? `${head}}` : `${head},"fields":${fields}}`;
}

/** @returns undefined when the text is no whole line of a log, for example the cut-off end after a crash. */
export function parseLogLine(text: string): LogLine | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const line = JSON.parse(text) as LogLine;
    return typeof line.ts === "number" && typeof line.msg === "string" ? line : undefined;
  } catch {
    // A line that a crash or a full disk cut off is expected here and is no line.
    return undefined;
  }
}

function encodeFields(fields: Readonly<Record<string, unknown>>): string | undefined {
  let text: string | undefined;
  try {
    text = JSON.stringify(fields, jsonField);
  } catch (error) {
    text = JSON.stringify({ unprintable: error instanceof Error ? error.message : String(error) });
  }
  if (text === undefined || text === "{}") return undefined;
  return text.length <= MAX_LINE_CHARS ? text : JSON.stringify({ cut: cut(text) });
}

function jsonField(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  return value;
}

function cut(text: string): string {
  return text.length <= MAX_LINE_CHARS
    ? text
    : `${text.slice(0, MAX_LINE_CHARS)}… (${text.length - MAX_LINE_CHARS} more characters cut)`;
}
