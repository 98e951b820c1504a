import type { Graph, TaskInstanceSummary } from "@millrace/core";
import type { Row } from "../output/print-rows.ts";

/** A run whose states are shown with its graph. */
export interface ShownRun {
  readonly runKey: string;
  readonly state: string;
  readonly instances: readonly TaskInstanceSummary[];
}

/** A graph for programs: `-o json` of `dags show`. */
export function dagData({ dagId, tasks, groups }: Graph, run?: ShownRun): Row {
  const byTask = Map.groupBy(run?.instances ?? [], ({ taskId }) => taskId);
  return {
    dag_id: dagId,
    run_id: run?.runKey ?? null,
    state: run?.state ?? null,
    groups: groups.map(({ groupId, parent, each }) => ({
      group_id: groupId,
      parent_id: parent === undefined ? null : groups[parent].groupId,
      is_mapped: each !== undefined,
    })),
    tasks: tasks.map((task) => ({
      task_id: task.taskId,
      operator: task.operator,
      kind: task.kind,
      group_id: task.group === undefined ? null : groups[task.group].groupId,
      is_mapped: task.each !== undefined,
      is_setup: task.setup === true,
      is_teardown: task.teardown === true,
      trigger_rule: task.triggerRule,
      upstream: task.upstream.map(({ task: index, via, choices }) => ({
        task_id: tasks[index].taskId,
        via,
        choices: choices ?? null,
      })),
      ...(run && { states: countStates(byTask.get(task.taskId) ?? []) }),
    })),
  };
}

function countStates(instances: readonly TaskInstanceSummary[]): Row {
  const byState = Map.groupBy(instances, ({ state }) => state);
  return Object.fromEntries([...byState].map(([state, some]) => [state, some.length]));
}
