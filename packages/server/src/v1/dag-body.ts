import type { V1DAG, V1DAGDetail } from "@millrace/api";
import {
  describeSchedule,
  formatInstant,
  zoneOf,
  type Graph,
  type GraphParam,
  type ListedDag,
  type Signer,
} from "@millrace/core";
import { isoOrNull } from "./instants.ts";
import { signFile } from "./file-token.ts";
import { v1DatasetExpression, v1Schedule } from "./schedule-text.ts";
import { timeDelta } from "./time-delta.ts";

/** The keys of a DAG in API v1. */
export const DAG_FIELDS = [
  "dag_id",
  "dag_display_name",
  "root_dag_id",
  "is_paused",
  "is_active",
  "is_subdag",
  "last_parsed_time",
  "last_pickled",
  "last_expired",
  "scheduler_lock",
  "pickle_id",
  "default_view",
  "fileloc",
  "file_token",
  "owners",
  "description",
  "schedule_interval",
  "timetable_description",
  "tags",
  "max_active_tasks",
  "max_active_runs",
  "max_consecutive_failed_dag_runs",
  "has_task_concurrency_limits",
  "has_import_errors",
  "next_dagrun",
  "next_dagrun_data_interval_start",
  "next_dagrun_data_interval_end",
  "next_dagrun_create_after",
] as const satisfies readonly (keyof V1DAG)[];

/** Those of a DAG with its details. */
export const DAG_DETAIL_FIELDS = [
  ...DAG_FIELDS,
  "catchup",
  "concurrency",
  "dag_run_timeout",
  "dataset_expression",
  "doc_md",
  "end_date",
  "is_paused_upon_creation",
  "last_parsed",
  "orientation",
  "params",
  "render_template_as_native_obj",
  "start_date",
  "template_search_path",
  "template_searchpath",
  "timezone",
] as const satisfies readonly (keyof V1DAGDetail | "template_searchpath")[];

/** A DAG in API v1. What Airflow keeps and Millrace has no use for is null. */
export function dagBody(dag: ListedDag, signer: Signer): Pick<V1DAG, (typeof DAG_FIELDS)[number]> {
  return {
    dag_id: dag.dagId,
    dag_display_name: dag.displayName ?? dag.dagId,
    root_dag_id: null,
    is_paused: dag.paused,
    is_active: dag.active,
    is_subdag: false,
    last_parsed_time: formatInstant(dag.seenAt),
    last_pickled: null,
    last_expired: null,
    scheduler_lock: null,
    pickle_id: null,
    default_view: "grid",
    fileloc: dag.file,
    file_token: signFile(signer, dag.file),
    owners: dag.owners,
    description: dag.description ?? null,
    schedule_interval: v1Schedule(dag.schedule),
    timetable_description: describeSchedule(dag.schedule),
    tags: dag.tags.map((name) => ({ name })),
    max_active_tasks: dag.maxActiveTasks,
    max_active_runs: dag.maxActiveRuns,
    max_consecutive_failed_dag_runs: dag.maxConsecutiveFailedRuns,
    has_task_concurrency_limits: dag.hasTaskLimits,
    has_import_errors: dag.hasImportErrors,
    next_dagrun: isoOrNull(dag.nextRun?.logicalDate),
    next_dagrun_data_interval_start: isoOrNull(dag.nextRun?.intervalStart),
    next_dagrun_data_interval_end: isoOrNull(dag.nextRun?.intervalEnd),
    next_dagrun_create_after: isoOrNull(dag.nextRun?.runAfter),
  };
}

/** A DAG with what only its graph says. */
export function dagDetailBody(listed: ListedDag, { dag }: Graph, signer: Signer): V1DAGDetail {
  const detail = {
    ...dagBody(listed, signer),
    catchup: dag.catchup,
    concurrency: dag.maxActiveTasks,
    dag_run_timeout: dag.runTimeoutMicros === undefined ? null : timeDelta(dag.runTimeoutMicros),
    dataset_expression: v1DatasetExpression(dag.schedule),
    doc_md: dag.docMd ?? null,
    end_date: isoOrNull(dag.end),
    is_paused_upon_creation: dag.pausedUponCreation ?? null,
    last_parsed: formatInstant(listed.seenAt),
    orientation: "LR",
    params: paramsBody(dag.params),
    render_template_as_native_obj: false,
    start_date: isoOrNull(dag.start),
    template_search_path: null,
    // The name that Airflow sends, beside the one of its document.
    template_searchpath: null,
    timezone: zoneOf(dag.schedule),
  };
  return detail;
}

/** Declared params as Airflow dumps them. */
export function paramsBody(params: Readonly<Record<string, GraphParam>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(params).map(([name, { default: value = null, description = null, schema }]) => [
      name,
      { __class: "airflow.models.param.Param", value, description, schema },
    ]),
  );
}
