import type {
  InstanceRef,
  LogRef,
  Micros,
  Page,
  PageRequest,
  StoredValue,
  TaskInstanceSummary,
  TaskState,
  TaskTry,
} from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { causeFromSql, logsFromSql } from "../rows.ts";
import { keyAfter, limitOf, pageOf } from "./page.ts";
import { readResults } from "./read-results.ts";
import { runGuarded } from "./run-guarded.ts";

// Primary key of task_instance, in its order.
const LIST = `
  select t.run_id, t.task_id, t.map_index, t.map_name, t.state, t.try_number, t.max_tries, t.dag_version, t.queued_at, t.started_at, t.ended_at, t.due_at,
    t.worker_id, t.cause, t.rendered
  from millrace.task_instance t
  where t.run_id = $1
    and (t.task_id, t.map_index) > ($2, $3)
    and ($4::text is null or t.task_id = $4)
    and ($5::text[] is null or t.state::text = any ($5))
  order by t.run_id, t.task_id, t.map_index
  limit $6`;

// Primary keys of task_try and task_instance. A cleared instance that has not started again has no present try.
const TRIES = `
  select try_number, state, dag_version, queued_at, started_at, ended_at, worker_id, cause, log
  from millrace.task_try
  where run_id = $1 and task_id = $2 and map_index = $3
  union all
  select try_number, state, dag_version, queued_at, started_at, ended_at, worker_id, cause, log
  from millrace.task_instance
  where run_id = $1 and task_id = $2 and map_index = $3 and queued_at is not null
  order by try_number`;

const BEFORE_ALL_MAP_INDEXES = -2;

/** A task instance as {@link instanceOf} reads it. */
export interface InstanceSql {
  readonly run_id: number;
  readonly task_id: string;
  readonly map_index: number;
  readonly map_name: string | null;
  readonly state: TaskState;
  readonly try_number: number;
  readonly max_tries: number;
  readonly dag_version: number | null;
  readonly queued_at: Micros | null;
  readonly started_at: Micros | null;
  readonly ended_at: Micros | null;
  readonly due_at: Micros | null;
  readonly worker_id: string | null;
  readonly cause: string | null;
  readonly rendered: string | null;
}

type TrySql = Pick<
  InstanceSql,
  "try_number" | "state" | "dag_version" | "queued_at" | "started_at" | "ended_at" | "worker_id" | "cause"
> & { readonly log: string | null };

type ListRequest = PageRequest & {
  readonly runId: number;
  readonly taskId?: string;
  readonly states?: readonly TaskState[];
};

/** Task instances of a run by task id and map index. */
export async function listTaskInstances(pool: DatabasePool, request: ListRequest): Promise<Page<TaskInstanceSummary>> {
  const limit = limitOf(request);
  const [taskId, mapIndex] = keyAfter<[string, number]>(request) ?? ["", BEFORE_ALL_MAP_INDEXES];
  const values = [request.runId, taskId, mapIndex, request.taskId ?? null, request.states ?? null, limit + 1];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<InstanceSql>(LIST, values));
  return pageOf(rows, limit, { item: instanceOf, key: (row) => [row.task_id, row.map_index] });
}

/** Tries of a task instance, oldest first. */
export async function listTries(
  pool: DatabasePool,
  { runId, taskId, mapIndex }: InstanceRef,
): Promise<readonly TaskTry[]> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<TrySql>(TRIES, [runId, taskId, mapIndex]));
  return rows.map((row) => ({
    tryNumber: row.try_number,
    state: row.state,
    dagVersion: row.dag_version ?? undefined,
    queuedAt: row.queued_at ?? undefined,
    startedAt: row.started_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    workerId: row.worker_id ?? undefined,
    cause: causeFromSql(row.cause),
    logs: logsFromSql(row.log),
  }));
}

/** Where the log lines of a try are. */
export async function readLogRefs(
  pool: DatabasePool,
  instance: InstanceRef,
  tryNumber: number | undefined,
): Promise<readonly LogRef[]> {
  const tries = await listTries(pool, instance);
  const found = tryNumber === undefined ? tries.at(-1) : tries.find((one) => one.tryNumber === tryNumber);
  return found?.logs ?? [];
}

/** One value of a task instance. */
export async function findXCom(
  pool: DatabasePool,
  { runId, taskId, mapIndex }: InstanceRef,
  key: string | undefined,
): Promise<StoredValue | undefined> {
  const [values] = await readResults(pool, [{ runId, taskId, mapIndex, ...(key !== undefined && { key }) }]);
  return values?.[0];
}

/** A task instance in a list. */
export function instanceOf(row: InstanceSql): TaskInstanceSummary {
  return {
    runId: row.run_id,
    taskId: row.task_id,
    mapIndex: row.map_index,
    mapName: row.map_name ?? undefined,
    state: row.state,
    tryNumber: row.try_number,
    maxTries: row.max_tries,
    dagVersion: row.dag_version ?? undefined,
    queuedAt: row.queued_at ?? undefined,
    startedAt: row.started_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    dueAt: row.due_at ?? undefined,
    workerId: row.worker_id ?? undefined,
    cause: causeFromSql(row.cause),
    rendered: row.rendered ?? undefined,
  };
}
