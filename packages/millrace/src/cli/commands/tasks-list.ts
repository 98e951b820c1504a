import type { Command } from "commander";
import type { Graph } from "@millrace/core";
import { getDag } from "../find-things.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withDags } from "../open-project.ts";
import { printRows } from "../output/print-rows.ts";

/** `millrace tasks list DAG`: its tasks in an order in which they can run, or as a tree. */
export function makeTasksList(shell: Shell): Command {
  return addRowsOptions(makeCommand("list", "list the tasks of a DAG"))
    .argument("<dag_id>")
    .option("-t, --tree", "as a tree of what follows what")
    .action(
      action(shell, async (context, [dagId]: [string], options: RowsOptions & { readonly tree?: true }) => {
        const { graph } = await withDags(context, [dagId], (project) => getDag(project, dagId));
        if (options.tree) {
          for (const line of treeLines(graph)) context.terminal.print(line);
          return;
        }
        const rows = graph.tasks.map((task) => ({
          task_id: task.taskId,
          operator: task.operator,
          upstream: task.upstream.map((edge) => graph.tasks[edge.task].taskId),
          trigger_rule: task.triggerRule,
          retries: task.retries ?? context.config.core.defaultTaskRetries,
          is_mapped: task.each !== undefined || isInMappedGroup(graph, task.group),
        }));
        printRows(context.terminal, rows, { ...options, empty: `${dagId} has no tasks.` });
      }),
    );
}

/** Each task below each of its upstream tasks; what stands elsewhere in full is only named. */
function treeLines(graph: Graph): readonly string[] {
  const below = graph.tasks.map((_, index) =>
    graph.tasks.flatMap((task, other) => (task.upstream.some((edge) => edge.task === index) ? [other] : [])),
  );
  const shown = new Set<number>();
  const lines: string[] = [];
  const show = (index: number, depth: number): void => {
    const again = shown.has(index) && below[index].length > 0;
    lines.push(
      `${"    ".repeat(depth)}${graph.tasks[index].taskId} (${graph.tasks[index].operator})${again ? " …" : ""}`,
    );
    if (shown.has(index)) return;
    shown.add(index);
    for (const next of below[index]) show(next, depth + 1);
  };
  graph.tasks.forEach((task, index) => {
    if (task.upstream.length === 0) show(index, 0);
  });
  return lines;
}

function isInMappedGroup(graph: Graph, group: number | undefined): boolean {
  for (let at = group; at !== undefined; at = graph.groups[at].parent) if (graph.groups[at].each) return true;
  return false;
}
