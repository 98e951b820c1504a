import type {
  Cause,
  DueRun,
  InstanceRow,
  LogRef,
  Micros,
  Obligation,
  RunRow,
  RunState,
  RunType,
  TaskState,
} from "@millrace/core";

/** Columns of {@link RunSql} from `dag_run r`. The version is that of the last change, one probe of run_change's key. */
export const RUN_COLUMNS = `
    r.run_id, r.dag_id, r.run_key, r.run_type, r.state, r.dag_version, r.logical_date, r.interval_start, r.interval_end, r.run_after, r.conf,
    r.triggered_by, r.queued_at, r.started_at, r.ended_at, r.due_at, r.clear_number, r.deadline_missed, r.obligations, r.backfill_id,
    (select c.version from millrace.run_change c where c.run_id = r.run_id order by c.version desc limit 1) as version`;

/** A row of dag_run with its version. */
export interface RunSql {
  readonly run_id: number;
  readonly dag_id: string;
  readonly run_key: string;
  readonly run_type: RunType;
  readonly state: RunState;
  readonly dag_version: number;
  readonly logical_date: Micros;
  readonly interval_start: Micros;
  readonly interval_end: Micros;
  readonly run_after: Micros;
  readonly conf: string | null;
  readonly triggered_by: string;
  readonly queued_at: Micros;
  readonly started_at: Micros | null;
  readonly ended_at: Micros | null;
  readonly due_at: Micros | null;
  readonly clear_number: number;
  readonly deadline_missed: boolean;
  readonly obligations: string | null;
  readonly backfill_id: number | null;
  readonly version: number | null;
}

/** A run as the engine wants it. */
export function runFromSql(row: RunSql): RunRow {
  return {
    runId: row.run_id,
    dagId: row.dag_id,
    runKey: row.run_key,
    runType: row.run_type,
    state: row.state,
    dagVersion: row.dag_version,
    logicalDate: row.logical_date,
    intervalStart: row.interval_start,
    intervalEnd: row.interval_end,
    runAfter: row.run_after,
    conf: row.conf,
    triggeredBy: row.triggered_by,
    queuedAt: row.queued_at,
    startedAt: row.started_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    dueAt: row.due_at ?? undefined,
    clearNumber: row.clear_number,
    deadlineMissed: row.deadline_missed,
    obligations: row.obligations === null ? [] : (JSON.parse(row.obligations) as Obligation[]),
    version: row.version ?? 0,
    ...(row.backfill_id !== null && { backfillId: row.backfill_id }),
  };
}

/** Columns of {@link InstanceSql} from `task_instance t`. */
export const INSTANCE_COLUMNS = `
    t.run_id, t.task_id, t.map_index, t.state, t.try_number, t.max_tries, t.restarts, t.dispatch_id, t.started_at, t.first_started_at, t.due_at,
    t.result_length, t.choice, t.resume`;

/** What the engine reads of a row of task_instance. */
export interface InstanceSql {
  readonly run_id: number;
  readonly task_id: string;
  readonly map_index: number;
  readonly state: TaskState;
  readonly try_number: number;
  readonly max_tries: number;
  readonly restarts: number;
  readonly dispatch_id: string | null;
  readonly started_at: Micros | null;
  readonly first_started_at: Micros | null;
  readonly due_at: Micros | null;
  readonly result_length: number | null;
  readonly choice: string | null;
  readonly resume: string | null;
}

/** A task instance as the engine wants it. */
export function instanceFromSql(row: InstanceSql): InstanceRow {
  return {
    taskId: row.task_id,
    mapIndex: row.map_index,
    state: row.state,
    tryNumber: row.try_number,
    maxTries: row.max_tries,
    restarts: row.restarts,
    dispatchId: row.dispatch_id?.replaceAll("-", ""),
    startedAt: row.started_at ?? undefined,
    firstStartedAt: row.first_started_at ?? undefined,
    dueAt: row.due_at ?? undefined,
    resultLength: row.result_length ?? undefined,
    choice: row.choice ?? undefined,
    resume: row.resume ?? undefined,
  };
}

/** A stored cause. */
export function causeFromSql(text: string | null): Cause | undefined {
  return text === null ? undefined : (JSON.parse(text) as Cause);
}

/** The log references of a try, oldest dispatch first. */
export function logsFromSql(text: string | null): readonly LogRef[] {
  return text === null ? [] : (JSON.parse(text) as LogRef[]);
}

/** Upcoming runs of a custom timetable: four instants a run, in the order in which they are saved. */
export function dueRunsFromSql(times: readonly Micros[]): readonly DueRun[] {
  return Array.from({ length: times.length / 4 }, (_, i) => {
    const [logicalDate, intervalStart, intervalEnd, runAfter] = times.slice(4 * i);
    return { logicalDate, intervalStart, intervalEnd, runAfter };
  });
}
