import type { V1Task } from "@millrace/api";
import type { Graph, GraphTask } from "@millrace/core";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import { paramsBody } from "./dag-body.ts";
import { v1TriggerRule, v1WeightRule } from "./graph-words.ts";
import type { V1Handlers } from "./handlers.ts";
import { isoOrNull } from "./instants.ts";
import { compareBy } from "./order-by.ts";
import { timeDelta } from "./time-delta.ts";

/** What clients accept as a colour. */
const COLOR = /^#[a-f\d]{3,6}$/i;

/** What API v1 says of a task, and what Airflow says beyond its document. */
type TaskBody = V1Task & {
  readonly operator_name: string;
  readonly params: Readonly<Record<string, unknown>>;
};

/** Tasks of the newest version of a DAG. */
export function taskHandlers({ queries, installation }: ServerPorts): Pick<V1Handlers, "get_tasks" | "get_task"> {
  const { defaultTaskRetries } = installation.rules;
  const graphOf = async (dagId: string): Promise<Graph> => {
    const dag = await queries.findDag(dagId);
    if (!dag) throw new Problem(404, { title: "DAG not found" });
    return dag.graph;
  };
  return {
    get_tasks: async ({ params, query }) => {
      const graph = await graphOf(params.dag_id);
      const tasks = bodiesOf(graph, defaultTaskRetries);
      return { tasks: ordered(tasks, query.order_by), total_entries: tasks.length };
    },
    get_task: async ({ params }) => {
      const tasks = bodiesOf(await graphOf(params.dag_id), defaultTaskRetries);
      const task = tasks.find(({ task_id: taskId }) => taskId === params.task_id);
      if (!task) throw new Problem(404, { title: "Task not found" });
      return task;
    },
  };
}

/** @throws Problem 400 with what Python says of an attribute that is not there */
function ordered(tasks: readonly TaskBody[], orderBy = "task_id"): readonly TaskBody[] {
  const field = orderBy.replace(/^-+/, "");
  const [first] = tasks;
  if (!first) return tasks;
  if (!Object.hasOwn(first, field))
    throw new Problem(400, { detail: `'${first.operator_name}' object has no attribute '${field}'` });
  const valueOf = (task: TaskBody): string | number | undefined => {
    const value: unknown = task[field as keyof TaskBody];
    if (typeof value === "boolean") return Number(value);
    if (typeof value === "string" || typeof value === "number") return value;
    return value === null ? undefined : JSON.stringify(value);
  };
  return tasks.toSorted(compareBy(valueOf, { descending: orderBy.startsWith("-") }));
}

function bodiesOf(graph: Graph, defaultTaskRetries: number): readonly TaskBody[] {
  const downstream = graph.tasks.map((): string[] => []);
  for (const { taskId, upstream } of graph.tasks) for (const { task } of upstream) downstream[task].push(taskId);
  return graph.tasks.map((task, index) => taskBody(task, { graph, downstream: downstream[index], defaultTaskRetries }));
}

interface Around {
  readonly graph: Graph;
  readonly downstream: readonly string[];
  readonly defaultTaskRetries: number;
}

function taskBody(task: GraphTask, { graph: { dag }, downstream, defaultTaskRetries }: Around): TaskBody {
  const body: Omit<TaskBody, "sub_dag"> = {
    task_id: task.taskId,
    task_display_name: task.displayName ?? task.taskId,
    owner: task.owner,
    operator_name: task.operator,
    class_ref: { class_name: task.operator, module_path: "millrace" },
    start_date: isoOrNull(task.start ?? dag.start),
    end_date: isoOrNull(task.end ?? dag.end),
    trigger_rule: v1TriggerRule(task.triggerRule),
    depends_on_past: task.dependsOnPast,
    wait_for_downstream: task.waitForDownstream,
    retries: task.retries ?? defaultTaskRetries,
    retry_delay: timeDelta(task.retryDelayMicros),
    retry_exponential_backoff: task.exponentialBackoff,
    execution_timeout: task.executionTimeoutMicros === undefined ? null : timeDelta(task.executionTimeoutMicros),
    queue: task.queue,
    executor: null,
    pool: task.pool,
    pool_slots: task.poolSlots,
    priority_weight: task.priorityWeight,
    weight_rule: v1WeightRule(task.weightRule),
    is_mapped: task.each !== undefined,
    downstream_task_ids: downstream.toSorted(),
    template_fields: task.templated,
    ui_color: task.color !== undefined && COLOR.test(task.color) ? task.color : "#fff",
    ui_fgcolor: "#000",
    extra_links: task.otherDag ? [{ class_ref: LINK_CLASSES[task.otherDag.does] }] : [],
    doc_md: task.docMd ?? null,
    params: paramsBody({ ...dag.params, ...task.params }),
  };
  // There are no sub-DAGs, and the document does not let the key be null.
  return body as TaskBody;
}

const LINK_CLASSES = {
  triggers: { class_name: "TriggerDagRunLink", module_path: "millrace" },
  waitsFor: { class_name: "ExternalDagLink", module_path: "millrace" },
} as const satisfies Record<NonNullable<GraphTask["otherDag"]>["does"], unknown>;
