import { getGraph, getGrid } from "@millrace/api";
import { MillraceError, type Graph, type GraphTask } from "@millrace/core";
import type { ServerPorts } from "../ports.ts";
import { getRunFor } from "./find-run.ts";
import { served, type ServedOperation } from "./own-routes.ts";
import { runSearchOf } from "./run-search.ts";

/** Data of pictures: made in one or two statements, a row for each run and task, whatever the number of instances. */
export function pictureOperations(ports: ServerPorts): readonly ServedOperation[] {
  const { queries, runLists, own } = ports;
  return [
    served(getGraph, async ({ caller, params: { runId } }) => {
      const run = await getRunFor(ports, runId, caller, getGraph.access);
      const [{ graph }, cells] = await Promise.all([
        own.loadVersion(run.dagId, run.dagVersion),
        own.store.countCells([runId]),
      ]);
      return { ...drawn(graph), cells };
    }),
    served(getGrid, async ({ params: { dagId }, query: { limit = 25, firstTask = 0, tasks = 200, ...query } }) => {
      const [dag, page] = await Promise.all([
        queries.findDag(dagId),
        runLists.searchRuns(runSearchOf({ ...query, dagId, limit })),
      ]);
      if (!dag) throw new MillraceError("NOT_FOUND", `there is no DAG ${dagId}`);
      const { graph } = dag;
      const shown = graph.tasks.slice(firstTask, firstTask + tasks);
      const cells = await own.store.countCells(
        page.items.map(({ runId }) => runId),
        shown.map(({ taskId }) => taskId),
      );
      const byRun = Map.groupBy(cells, ({ runId }) => runId);
      return {
        tasks: shown.map((task) => ({
          taskId: task.taskId,
          label: labelOf(task),
          mapped: isMapped(graph, task),
          ...(task.group !== undefined && { group: graph.groups[task.group].groupId }),
        })),
        ...(firstTask + tasks < graph.tasks.length && { nextTask: firstTask + tasks }),
        runs: page.items.map((run) => ({ ...run, cells: byRun.get(run.runId) ?? [] })),
        ...(page.next !== undefined && { next: page.next }),
      };
    }),
  ];
}

function drawn(graph: Graph) {
  const { tasks, groups } = graph;
  return {
    nodes: tasks.map((task) => ({
      taskId: task.taskId,
      label: labelOf(task),
      operator: task.operator,
      kind: task.kind,
      mapped: isMapped(graph, task),
      ...(task.group !== undefined && { group: groups[task.group].groupId }),
    })),
    edges: tasks.flatMap((task) =>
      task.upstream.map(({ task: upstream, via, choices }) => ({
        from: tasks[upstream].taskId,
        to: task.taskId,
        via,
        ...(choices && { label: choices.join(", ") }),
      })),
    ),
    groups: groups.map((group) => ({
      groupId: group.groupId,
      mapped: group.each !== undefined,
      ...(group.parent !== undefined && { parent: groups[group.parent].groupId }),
    })),
  };
}

/** What people call a task. */
export function labelOf({ taskId, displayName }: GraphTask): string {
  return displayName ?? taskId;
}

/** Whether a task has several instances: by itself or by its group. */
export function isMapped({ groups }: Graph, task: GraphTask): boolean {
  if (task.each) return true;
  for (let group = task.group; group !== undefined; group = groups[group].parent) if (groups[group].each) return true;
  return false;
}
