import { formatInstant, type BackfillInfo } from "@millrace/core";
import type { Row } from "./print-rows.ts";
import { instantOrNull } from "./show-time.ts";

/** A backfill as lists print it. */
export function backfillRow(backfill: BackfillInfo): Row {
  const { counts } = backfill;
  return {
    id: backfill.backfillId,
    dag_id: backfill.dagId,
    state: backfill.state,
    from_date: formatInstant(backfill.from),
    to_date: formatInstant(backfill.to),
    reprocess: backfill.reprocess,
    max_active_runs: backfill.maxActiveRuns,
    active: (counts.queued ?? 0) + (counts.running ?? 0),
    success: counts.success ?? 0,
    failed: counts.failed ?? 0,
    cursor: instantOrNull(backfill.cursor),
    created_by: backfill.by,
    created_at: formatInstant(backfill.createdAt),
    completed_at: instantOrNull(backfill.endedAt),
  };
}
