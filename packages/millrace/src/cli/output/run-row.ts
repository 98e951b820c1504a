import { formatInstant, type RunSummary } from "@millrace/core";
import type { Row } from "./print-rows.ts";
import { instantOrNull, secondsBetween } from "./show-time.ts";

/** A run as lists print it; `duration` in seconds. */
export function runRow(run: RunSummary): Row {
  return {
    dag_id: run.dagId,
    run_id: run.runKey,
    run_type: run.runType,
    state: run.state,
    logical_date: formatInstant(run.logicalDate),
    start_date: instantOrNull(run.startedAt),
    end_date: instantOrNull(run.endedAt),
    duration: secondsBetween(run.startedAt, run.endedAt),
  };
}
