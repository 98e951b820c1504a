import type { RunResult } from "../steps/source-tally.ts";

/**
 * The result that the ingestion service printed as the last line of its stdout.
 *
 * @throws Error when it was interrupted, printed none, or could fetch no source at all: a retry may help then.
 */
export function readRunResult(stdout: string): RunResult {
  const line = stdout.trimEnd().split("\n").at(-1) ?? "";
  const result = parse(line);
  if (result?.status !== "success")
    throw new Error(`the ingestion service ended without a result: ${line || "no output"}`);
  const { failures, statistics } = result;
  if (failures.length > 0 && failures.length === Object.keys(result.publish_stats.by_source).length) {
    const reasons = failures.map(({ source, message }) => `${source}: ${message}`).join("; ");
    throw new Error(`all ${statistics.sources_failed} sources failed: ${reasons}`);
  }
  return result;
}

/** True when the last line of stdout says, as the ingestion service does, how it ended. */
export function isRunResult(stdout: string): boolean {
  const end: unknown = parse(stdout.trimEnd().split("\n").at(-1) ?? "");
  return typeof end === "object" && end !== null && "status" in end;
}

/** Why the service ended, when it said with its last line of stdout that another try would end in the same way. */
export function findRefusal(stdout: string): string | undefined {
  const end: unknown = parse(stdout.trimEnd().split("\n").at(-1) ?? "");
  const { permanent, error, message } = (end ?? {}) as Readonly<Record<string, unknown>>;
  return permanent === true ? `${String(error)}: ${String(message)}` : undefined;
}

function parse(line: string): RunResult | undefined {
  try {
    return JSON.parse(line) as RunResult;
  } catch {
    // Not JSON is the same as no result; the caller says so with the line in it.
    return undefined;
  }
}
