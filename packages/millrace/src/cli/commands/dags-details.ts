import { describeSchedule, formatDuration, formatInstant, type DagDetail } from "@millrace/core";
import type { Command } from "commander";
import { getDag } from "../find-things.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withDags } from "../open-project.ts";
import { printRecord, type Cell, type Row } from "../output/print-rows.ts";
import { instantOrNull } from "../output/show-time.ts";
import { shownFile } from "../shown-file.ts";

/** `millrace dags details DAG`: everything that its file says of it, and where it stands. */
export function makeDagsDetails(shell: Shell): Command {
  return addRowsOptions(makeCommand("details", "show everything about one DAG"))
    .argument("<dag_id>")
    .action(
      action(shell, async (context, [dagId]: [string], options: RowsOptions) => {
        const dag = await withDags(context, [dagId], (project) => getDag(project, dagId));
        printRecord(context.terminal, detailsOf(dag, shownFile(context, dag.file)), options);
      }),
    );
}

function detailsOf(dag: DagDetail, file: string): Row {
  const { dag: said, tasks } = dag.graph;
  return {
    dag_id: dag.dagId,
    display_name: dag.displayName ?? dag.dagId,
    description: dag.description ?? null,
    file,
    is_active: dag.active,
    is_paused: dag.paused,
    version: dag.version,
    bundle: dag.bundleHash,
    owners: [...new Set(tasks.map(({ owner }) => owner))],
    tags: dag.tags,
    schedule: describeSchedule(dag.schedule),
    schedule_from: said.scheduleOverride?.from ?? null,
    next_run: dag.paused ? null : instantOrNull(dag.nextRun?.runAfter),
    next_logical_date: dag.paused ? null : instantOrNull(dag.nextRun?.logicalDate),
    start_date: instantOrNull(said.start),
    end_date: instantOrNull(said.end),
    catchup: said.catchup,
    max_active_runs: said.maxActiveRuns,
    max_active_tasks: said.maxActiveTasks,
    max_consecutive_failed_runs: said.maxConsecutiveFailedRuns,
    run_timeout: durationOrNull(said.runTimeoutMicros),
    deadline: durationOrNull(said.deadlineMicros),
    fail_fast: said.failFast,
    params: said.params as unknown as Cell,
    tasks: tasks.length,
    created_at: formatInstant(dag.createdAt),
    last_read_at: formatInstant(dag.seenAt),
  };
}

function durationOrNull(micros: number | undefined): string | null {
  return micros === undefined ? null : formatDuration(micros);
}
