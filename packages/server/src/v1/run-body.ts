import type { V1DAGRun } from "@millrace/api";
import { formatInstant, type ListedRun } from "@millrace/core";
import { v1RunType } from "./graph-words.ts";
import { isoOrNull } from "./instants.ts";

/** A run in API v1's words. */
export function runBody(run: ListedRun): V1DAGRun {
  const date = formatInstant(run.logicalDate);
  return {
    conf: confOf(run.conf),
    dag_id: run.dagId,
    dag_run_id: run.runKey,
    data_interval_end: formatInstant(run.intervalEnd),
    data_interval_start: formatInstant(run.intervalStart),
    end_date: isoOrNull(run.endedAt),
    execution_date: date,
    external_trigger: run.runType === "manual",
    last_scheduling_decision: formatInstant(run.changedAt),
    logical_date: date,
    note: run.note ?? null,
    run_type: v1RunType(run.runType),
    start_date: isoOrNull(run.startedAt),
    state: run.state,
  };
}

/** A run as the command has left it that put it into the queue; its owner may have begun it since then. */
export function queuedRunBody(run: ListedRun): V1DAGRun {
  return { ...runBody(run), state: "queued", start_date: null, end_date: null };
}

/** Keys of a run, for partial answers. */
export const RUN_FIELDS: readonly (keyof V1DAGRun)[] = [
  "conf",
  "dag_id",
  "dag_run_id",
  "data_interval_end",
  "data_interval_start",
  "end_date",
  "execution_date",
  "external_trigger",
  "last_scheduling_decision",
  "logical_date",
  "note",
  "run_type",
  "start_date",
  "state",
];

function confOf(text: string | null): V1DAGRun["conf"] {
  return text === null ? {} : (JSON.parse(text) as V1DAGRun["conf"]);
}
