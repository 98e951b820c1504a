import type { V1TaskInstance } from "@millrace/api";
import { formatInstant, type GraphTask, type ListedInstance, type Micros, type TaskTry } from "@millrace/core";
import { v1TaskState } from "./graph-words.ts";
import { isoOrNull } from "./instants.ts";
import type { VersionGraphs } from "./version-graphs.ts";

/** A task instance in API v1's words. What its task says is read from the version that it ran on, or will. */
export async function instanceBody(instance: ListedInstance, graphs: VersionGraphs): Promise<V1TaskInstance> {
  const { dagId, taskId, state, runVersion, dagVersion = runVersion } = instance;
  const task = (await graphs.tasksOf(dagId, dagVersion)).get(taskId);
  return {
    ...wordsOfTask(task, taskId),
    dag_id: dagId,
    dag_run_id: instance.runKey,
    duration: secondsBetween(instance.startedAt, instance.endedAt),
    end_date: isoOrNull(instance.endedAt),
    execution_date: formatInstant(instance.logicalDate),
    executor: null,
    executor_config: "{}",
    hostname: instance.workerId ?? "",
    map_index: instance.mapIndex,
    max_tries: instance.maxTries,
    note: instance.note ?? null,
    pid: null,
    queued_when: isoOrNull(instance.queuedAt),
    rendered_fields: renderedOf(instance.rendered),
    rendered_map_index: instance.mapName ?? null,
    sla_miss: null,
    start_date: isoOrNull(instance.startedAt),
    state: v1TaskState(state),
    ...(state === "deferred" ? triggerOf(instance, task) : { trigger: null, triggerer_job: null }),
    try_number: instance.tryNumber,
    unixname: "",
  };
}

/** A list of them. */
export async function instanceBodies(
  instances: readonly ListedInstance[],
  graphs: VersionGraphs,
): Promise<readonly V1TaskInstance[]> {
  return await Promise.all(instances.map((instance) => instanceBody(instance, graphs)));
}

/** A task instance as it was in one of its tries. */
export async function tryBody(
  instance: ListedInstance,
  attempt: TaskTry,
  graphs: VersionGraphs,
): Promise<V1TaskInstance> {
  const { tryNumber, state, dagVersion, queuedAt, startedAt, endedAt, workerId } = attempt;
  const { note: _note, ...rest } = instance;
  return await instanceBody(
    {
      ...rest,
      tryNumber,
      state,
      ...(dagVersion !== undefined && { dagVersion }),
      queuedAt,
      startedAt,
      endedAt,
      workerId,
    },
    graphs,
  );
}

type TaskWords = Pick<
  V1TaskInstance,
  "operator" | "pool" | "pool_slots" | "priority_weight" | "queue" | "task_display_name" | "task_id"
>;

/** A task that its version does not have is told of as Airflow would tell of one with nothing set. */
function wordsOfTask(task: GraphTask | undefined, taskId: string): TaskWords {
  return {
    operator: task?.operator ?? null,
    pool: task?.pool ?? "default_pool",
    pool_slots: task?.poolSlots ?? 1,
    priority_weight: task === undefined ? null : Math.round(task.priority),
    queue: task?.queue ?? null,
    task_display_name: task?.displayName ?? taskId,
    task_id: taskId,
  };
}

function secondsBetween(from: Micros | undefined, to: Micros | undefined): number | null {
  return from === undefined || to === undefined ? null : (to - from) / 1_000_000;
}

function renderedOf(text: string | undefined): V1TaskInstance["rendered_fields"] {
  if (text === undefined) return {};
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as V1TaskInstance["rendered_fields"])
    : {};
}

/** There is no triggerer: the scheduler waits. What clients ask for is what and since when. */
function triggerOf(
  { runId, queuedAt, startedAt, dueAt }: ListedInstance,
  task: GraphTask | undefined,
): Pick<V1TaskInstance, "trigger" | "triggerer_job"> {
  const since = startedAt ?? queuedAt ?? 0;
  return {
    trigger: {
      classpath: `millrace.${task?.operator ?? "Trigger"}`,
      created_date: formatInstant(since),
      id: runId,
      kwargs: dueAt === undefined ? "{}" : `{'moment': '${formatInstant(dueAt)}'}`,
      triggerer_id: null,
    },
    triggerer_job: {
      dag_id: null,
      end_date: null,
      executor_class: null,
      hostname: null,
      id: 0,
      job_type: "SchedulerJob",
      latest_heartbeat: null,
      start_date: null,
      state: "running",
      unixname: null,
    },
  };
}
