// R5. Reports of remote workers are inbox rows; they are planned as if they had come from a worker of this host. R3 makes a row that is planned twice harmless.
import type { InboxMessage, InboxRow, Report } from "@millrace/core";
import type { Batch } from "./batch.ts";
import type { TickState } from "./tick-state.ts";

/** An inbox row that holds a report, not a wish. */
export interface ReportRow {
  readonly row: InboxRow<InboxMessage>;
  readonly report: Report;
}

/** Tells reports of remote workers from commands. */
export function splitInbox(rows: readonly InboxRow<InboxMessage>[]): {
  readonly reports: readonly ReportRow[];
  readonly commands: readonly InboxRow[];
} {
  const reports: ReportRow[] = [];
  const commands: InboxRow[] = [];
  for (const row of rows) {
    const { command } = row;
    if (command.kind === "report") reports.push({ row, report: command.report });
    else commands.push({ ...row, command });
  }
  return { reports, commands };
}

/** Answers the rows whose reports this batch decides; those of runs that it had no room for stay for the next tick. */
export function answerReports({ mail }: TickState, batch: Batch, reports: readonly ReportRow[]): void {
  for (const { row, report } of reports) {
    const { runId } = report;
    const part = batch.runs.get(runId);
    const waits = part === undefined && (mail.events.has(runId) || mail.reports.includes(report));
    if (waits) mail.deferred.push(row);
    else {
      const isChanged = part !== undefined && !part.draft.isEmpty;
      batch.answers.push({ inboxId: row.inboxId, ...(isChanged && { runId }), answer: { ok: true, runId } });
    }
  }
}
