import type { RunEvent } from "@millrace/core";

/**
 * The same event without what a task left behind: its end becomes a failure that carries the database's words (R11).
 *
 * @returns undefined when the event carries nothing of that kind.
 */
export function refusedEvent(event: RunEvent, message: string): RunEvent | undefined {
  if (event.kind !== "report" || event.report.kind !== "ended") return undefined;
  const { log: _log, rendered: _rendered, mapName: _mapName, outcome, ...rest } = event.report;
  if (outcome.kind === "failed" && outcome.cause.code === "DATA_REJECTED") return undefined;
  const cause = {
    code: "DATA_REJECTED",
    message: `the database refused what the task left behind: ${message}`,
  };
  return { kind: "report", report: { ...rest, outcome: { kind: "failed", cause, retry: "never" } } };
}
