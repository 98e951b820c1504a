import { open } from "node:fs/promises";
import { MillraceError } from "@millrace/core";
import type { StreamingQuery } from "./streaming-query.ts";

/** As much of the end of a file is read; a line of progress has a few kilobytes. */
const TAIL_BYTES = 1_048_576;

type Fields = Readonly<Record<string, unknown>>;

/**
 * The newest state of each query in a file that a StreamingQueryListener writes, a line of JSON per event.
 *
 * @throws MillraceError TASK_FAILED when there is no such file
 */
export async function readProgressFile(path: string): Promise<readonly StreamingQuery[]> {
  return readProgressLines(await tailOf(path));
}

/** {@link readProgressFile} of its text; a first or last line that was cut is left out. */
export function readProgressLines(text: string): readonly StreamingQuery[] {
  const queries = new Map<string, StreamingQuery>();
  const names = new Map<string, string>();
  for (const line of text.split("\n")) {
    const event = parse(line);
    if (event === undefined) continue;
    const progress = fieldsOf(event["progress"]) ?? event;
    const runId = textOf(progress["runId"]) ?? textOf(event["runId"]);
    if (runId === undefined) continue;
    const id = textOf(progress["id"]) ?? textOf(event["id"]) ?? "";
    const name = textOf(progress["name"]) ?? textOf(event["name"]) ?? names.get(id) ?? id;
    names.set(id, name);
    // A restarted query goes on under its id, with another run id.
    const before = queries.get(id);
    const known = before?.runId === runId ? before : undefined;
    queries.set(id, { ...known, ...stateOf(event, progress), name, id, runId });
  }
  return [...queries.values()];
}

function stateOf(event: Fields, progress: Fields): Partial<StreamingQuery> {
  const kind = textOf(event["event"]) ?? "progress";
  const timestamp = textOf(progress["timestamp"]) ?? textOf(event["timestamp"]);
  const seen = timestamp === undefined ? {} : { lastProgress: timestamp };
  if (kind === "terminated") {
    const error = textOf(event["exception"]);
    return { isActive: false, ...(error !== undefined && { error: error.split("\n", 1)[0] ?? "" }) };
  }
  if (kind !== "progress") return { isActive: true, ...seen };
  return {
    isActive: true,
    ...seen,
    ...numbered("batchId", progress["batchId"]),
    ...numbered("inputRowsPerSecond", progress["inputRowsPerSecond"]),
    ...numbered("processedRowsPerSecond", progress["processedRowsPerSecond"]),
  };
}

/** Spark writes rates that it does not know as texts like `NaN`, or not at all. */
function numbered(name: keyof StreamingQuery, value: unknown): Partial<StreamingQuery> {
  return typeof value === "number" && Number.isFinite(value) ? { [name]: value } : {};
}

function parse(line: string): Fields | undefined {
  try {
    return line.startsWith("{") ? fieldsOf(JSON.parse(line)) : undefined;
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

async function tailOf(path: string): Promise<string> {
  try {
    await using file = await open(path, "r");
    const { size } = await file.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString("utf8", 0, bytesRead);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `${path} cannot be read: ${why}. Does the job write its progress there, where this worker can read it?`;
    throw new MillraceError("TASK_FAILED", message, { cause: error });
  }
}
