import type { Command } from "commander";
import { makeAssetsEvents } from "./commands/assets-events.ts";
import { makeAssetsGet } from "./commands/assets-get.ts";
import { makeAssetsList } from "./commands/assets-list.ts";
import { makeAssetsMaterialize } from "./commands/assets-materialize.ts";
import { makeAssetsUpdate } from "./commands/assets-update.ts";
import { makeDagsDelete } from "./commands/dags-delete.ts";
import { makeDagsDetails } from "./commands/dags-details.ts";
import { makeDagsList } from "./commands/dags-list.ts";
import { makeDagsListImportErrors } from "./commands/dags-list-import-errors.ts";
import { makeDagsListRuns } from "./commands/dags-list-runs.ts";
import { makeDagsNextExecution } from "./commands/dags-next-execution.ts";
import { makeDagsPause } from "./commands/dags-pause.ts";
import { makeDagsReport } from "./commands/dags-report.ts";
import { makeDagsShow } from "./commands/dags-show.ts";
import { makeDagsShowDependencies } from "./commands/dags-show-dependencies.ts";
import { makeDagsState } from "./commands/dags-state.ts";
import { makeDagsTest } from "./commands/dags-test.ts";
import { makeDagsTrigger } from "./commands/dags-trigger.ts";
import { makeDagsWhy } from "./commands/dags-why.ts";
import { makeJobExecute } from "./commands/job-execute.ts";
import { makeJobLaunch } from "./commands/job-launch.ts";
import { makeJobList } from "./commands/job-list.ts";
import { makeJobsList } from "./commands/jobs-list.ts";
import { makeTasksClear } from "./commands/tasks-clear.ts";
import { makeTasksList } from "./commands/tasks-list.ts";
import { makeTasksLogs } from "./commands/tasks-logs.ts";
import { makeTasksRender } from "./commands/tasks-render.ts";
import { makeTasksState } from "./commands/tasks-state.ts";
import { makeTasksStatesForDagRun } from "./commands/tasks-states-for-dag-run.ts";
import { makeTasksTest } from "./commands/tasks-test.ts";
import { makeTasksWhy } from "./commands/tasks-why.ts";
import { makeGroup, type Shell } from "./make-command.ts";

/** `millrace dags`, `tasks`, `assets`, and `job` for users from Dagster: pipelines and what became of them. */
export function makePipelineGroups(shell: Shell): readonly Command[] {
  return [
    makeGroup("dags", "DAGs and their runs", [
      makeDagsList(shell),
      makeDagsDetails(shell),
      makeDagsTrigger(shell),
      makeDagsTest(shell),
      makeDagsShow(shell),
      makeDagsShowDependencies(shell),
      makeDagsState(shell),
      makeDagsListRuns(shell, "list-runs"),
      makeDagsWhy(shell),
      makeDagsNextExecution(shell),
      makeDagsPause(shell, true),
      makeDagsPause(shell, false),
      makeDagsListImportErrors(shell),
      makeDagsReport(shell),
      makeJobsList(shell, "list-jobs"),
      makeDagsDelete(shell),
    ]).alias("dag"),
    makeGroup("tasks", "tasks of a DAG, and their instances in a run", [
      makeTasksList(shell),
      makeTasksTest(shell),
      makeTasksState(shell),
      makeTasksWhy(shell),
      makeTasksClear(shell),
      makeTasksLogs(shell),
      makeTasksRender(shell),
      makeTasksStatesForDagRun(shell),
    ]).alias("task"),
    makeGroup("assets", "assets, and what has updated them", [
      makeAssetsList(shell),
      makeAssetsGet(shell),
      makeAssetsEvents(shell),
      makeAssetsUpdate(shell),
      makeAssetsMaterialize(shell),
    ]).aliases(["asset", "datasets"]),
    makeGroup("job", "a DAG, in the words of Dagster; what it does not have is that of dags", [
      makeJobList(shell),
      makeJobExecute(shell),
      makeJobLaunch(shell),
    ]),
  ];
}
