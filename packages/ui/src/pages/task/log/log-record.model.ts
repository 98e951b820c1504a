/** How much a line matters, least first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
/** How much a line matters. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A line of a log as it is shown. */
export interface LogRecord {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly level: LogLevel;
  /** Who wrote it: the task, its output, a subprocess, Millrace. */
  readonly source: string;
  /** Its message and its fields; may have several lines and ANSI colours. */
  readonly text: string;
}

interface Sent {
  readonly ts?: unknown;
  readonly level?: unknown;
  readonly source?: unknown;
  readonly msg?: unknown;
  readonly fields?: Readonly<Record<string, unknown>>;
}

const isLevel = (level: unknown): level is LogLevel => LOG_LEVELS.includes(level as LogLevel);

/** Reads a line as the server sends it. What is no such line is shown as it is. */
export function parseLogRecord(line: string): LogRecord {
  const sent = parseJson(line);
  if (typeof sent?.msg !== "string") return { atMs: Number.NaN, level: "info", source: "", text: line };
  return {
    atMs: typeof sent.ts === "string" ? Date.parse(sent.ts) : Number.NaN,
    level: isLevel(sent.level) ? sent.level : "info",
    source: typeof sent.source === "string" ? sent.source : "",
    text: sent.fields === undefined ? sent.msg : `${sent.msg}${fieldsText(sent.fields)}`,
  };
}

function parseJson(line: string): Sent | undefined {
  try {
    return JSON.parse(line) as Sent;
  } catch {
    // A cut-off line of a crash is shown as the text that it is.
    return undefined;
  }
}

/** Short fields behind the message, stacks and other long texts below it. */
function fieldsText(fields: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(fields).map(([key, value]) => [key, stackOf(value) ?? textOf(value)] as const);
  const short = parts.filter(([, text]) => !text.includes("\n")).map(([key, text]) => ` ${key}=${text}`);
  const long = parts.filter(([, text]) => text.includes("\n")).map(([key, text]) => `\n${key}: ${text}`);
  return [...short, ...long].join("");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function stackOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { stack } = value as { readonly stack?: unknown };
  return typeof stack === "string" ? stack : undefined;
}
