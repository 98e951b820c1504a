import type { V1ExtraLinkCollection } from "@millrace/api";
import type { GraphTask } from "@millrace/core";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import type { V1Handlers } from "./handlers.ts";

/** Links of task instances to elsewhere. Airflow sends an object of name and URL, which its own document does not describe. */
export function extraLinkHandlers({ queries }: ServerPorts): Pick<V1Handlers, "get_extra_links"> {
  return {
    get_extra_links: async ({ params: { dag_id: dagId, dag_run_id: runKey, task_id: taskId } }) => {
      const dag = await queries.findDag(dagId);
      if (!dag) throw new Problem(404, { title: "DAG not found", detail: `DAG with ID = "${dagId}" not found` });
      const task = dag.graph.tasks.find((each) => each.taskId === taskId);
      if (!task) throw new Problem(404, { title: "Task not found", detail: `Task with ID = "${taskId}" not found` });
      const run = await queries.findRun(dagId, runKey);
      if (!run)
        throw new Problem(404, { title: "DAG Run not found", detail: `DAG Run with ID = "${runKey}" not found` });
      return linksOf(task) as unknown as V1ExtraLinkCollection;
    },
  };
}

const NAMES = { triggers: "Triggered DAG", waitsFor: "External DAG" } as const;

function linksOf({ otherDag }: GraphTask): Readonly<Record<string, string>> {
  return otherDag ? { [NAMES[otherDag.does]]: `/dags/${encodeURIComponent(otherDag.dagId)}/grid` } : {};
}
