import { formatInstant } from "@millrace/core";
import type { Command } from "commander";
import { getDag, getRun, listInstances } from "../find-things.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withDags } from "../open-project.ts";
import { printRows } from "../output/print-rows.ts";
import { instantOrNull } from "../output/show-time.ts";

/** `millrace tasks states-for-dag-run DAG [RUN]`: the state of every task instance of a run. */
export function makeTasksStatesForDagRun(shell: Shell): Command {
  return addRowsOptions(makeCommand("states-for-dag-run", "the state of every task instance of a run"))
    .argument("<dag_id>")
    .argument("[run]", "run id, logical date, or latest", "latest")
    .action(
      action(shell, async (context, [dagId, named]: [string, string], options: RowsOptions) => {
        const rows = await withDags(context, [dagId], async (project) => {
          const dag = await getDag(project, dagId);
          const run = await getRun(project, dagId, named);
          const instances = await listInstances(
            project,
            run.runId,
            dag.graph.tasks.map((task) => task.taskId),
          );
          return instances.map((instance) => ({
            dag_id: dagId,
            run_id: run.runKey,
            logical_date: formatInstant(run.logicalDate),
            task_id: instance.taskId,
            map_index: instance.mapIndex,
            state: instance.state,
            try_number: instance.tryNumber,
            start_date: instantOrNull(instance.startedAt),
            end_date: instantOrNull(instance.endedAt),
            cause: instance.cause?.message ?? null,
          }));
        });
        printRows(context.terminal, rows, { ...options, empty: "The run has no task instances." });
      }),
    );
}
