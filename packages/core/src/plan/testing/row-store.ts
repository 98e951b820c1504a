import type { Instance, RunHead } from "../../model/run.ts";
import { isTerminal, TASK_STATES, type TaskState } from "../../model/states.ts";
import type {
  Cause,
  EndChange,
  InsertChange,
  InstanceChange,
  NewRun,
  QueueChange,
  RunChanges,
  RunPatch,
  SetChange,
} from "../changes.ts";

/** A row of task_instance, as far as the plan reads it back, and what people see of it. */
export interface Row extends Omit<Instance, "task"> {
  readonly taskId: string;
  readonly cause?: Cause;
  readonly endedAt?: number;
}

/** A try that is over. */
export interface Try {
  readonly taskId: string;
  readonly mapIndex: number;
  readonly tryNumber: number;
  readonly state: TaskState;
}

/**
 * The rows of one run in memory: follows what each change means for a row exactly as the statements of a commit do, and refuses what no plan may
 * ask for. A run rebuilt from it must equal the run that had the same drafts applied.
 */
export class RowStore {
  readonly rows = new Map<string, Row>();
  readonly history: Try[] = [];
  head: RunHead;

  constructor(runId: number, newRun: NewRun) {
    const { assetEventIds: _events, note: _note, ...rest } = newRun;
    this.head = { ...rest, runId, version: 0, state: "queued", clearNumber: 0, deadlineMissed: false, obligations: [] };
  }

  row(taskId: string, mapIndex = -1): Row | undefined {
    return this.rows.get(`${taskId}[${mapIndex}]`);
  }

  /** Commits one version. @throws Error naming the broken invariant. */
  commit(changes: RunChanges): void {
    if (changes.version !== this.head.version + 1)
      throw new Error(`R2: version ${changes.version} does not follow ${this.head.version}`);
    const seen = new Set<string>();
    for (const change of changes.instances) {
      const key = `${change.taskId}[${change.mapIndex}]`;
      if (seen.has(key)) throw new Error(`two changes of ${key} in one commit`);
      seen.add(key);
      const after = this.#apply(change, this.rows.get(key), key);
      if (after) this.rows.set(key, after);
      else this.rows.delete(key);
    }
    this.head = { ...patched(this.head, changes.run), version: changes.version };
    this.#checkCounts(changes.counts);
  }

  #apply(change: InstanceChange, before: Row | undefined, key: string): Row | undefined {
    if (change.kind === "insert") {
      if (before && before.state !== "removed") throw new Error(`${key} is there already`);
      return inserted(change);
    }
    if (!before) throw new Error(`${change.kind} of ${key}, which has no row`);
    refuseLeavingTerminal(before, change, key);
    switch (change.kind) {
      case "queue":
        if (change.newTry) this.#archive(before);
        return queued(before, change);
      case "start":
        return {
          ...before,
          state: change.waits ? "deferred" : "running",
          startedAt: change.startedAt,
          firstStartedAt: before.firstStartedAt ?? change.startedAt,
        };
      case "end":
        if (isTerminal(change.state) && change.state !== "success" && !change.cause)
          throw new Error(`R8: ${key} ended ${change.state} without a cause`);
        return ended(before, change);
      case "set":
        if (change.clear && before.tryNumber > 0) this.#archive(before);
        return setTo(before, change);
      case "delete":
        return undefined;
      default:
        throw new Error(`unreachable: ${JSON.stringify(change satisfies never)}`);
    }
  }

  #archive({ taskId, mapIndex, tryNumber, state }: Row): void {
    this.history.push({ taskId, mapIndex, tryNumber, state });
  }

  /** Removed map indexes are rows that memory forgets, so `removed` is not compared. */
  #checkCounts(counts: readonly number[]): void {
    const own = TASK_STATES.map(() => 0);
    for (const row of this.rows.values()) own[TASK_STATES.indexOf(row.state)] += 1;
    TASK_STATES.forEach((state, code) => {
      if (state !== "removed" && own[code] !== counts[code])
        throw new Error(`counts say ${counts[code]} ${state}, the rows ${own[code]}`);
    });
  }
}

/** A terminal state is left by a clear or mark alone; an index or a task may go. */
function refuseLeavingTerminal(before: Row, change: Exclude<InstanceChange, InsertChange>, key: string): void {
  if (!isTerminal(before.state)) return;
  const isAllowed =
    change.kind === "delete" ||
    (change.kind === "set" && (change.clear || change.state === "removed" || change.cause?.code === "MARKED"));
  if (!isAllowed) throw new Error(`${key} left ${before.state} by ${change.kind}`);
}

function inserted(change: InsertChange): Row {
  const { taskId, mapIndex, state, tryNumber, maxTries, dispatchId, cause } = change;
  return {
    taskId,
    mapIndex,
    state,
    tryNumber,
    maxTries,
    restarts: 0,
    ...(dispatchId !== undefined && { dispatchId }),
    ...(cause && { cause }),
  };
}

function queued(before: Row, change: QueueChange): Row {
  const { newTry, tryNumber, maxTries, dispatchId } = change;
  const { taskId, mapIndex, restarts, startedAt, firstStartedAt, resume } = before;
  return {
    taskId,
    mapIndex,
    restarts,
    firstStartedAt,
    ...(!newTry && { startedAt, resume }),
    state: "queued",
    tryNumber,
    maxTries,
    dispatchId,
  };
}

function ended(before: Row, change: EndChange): Row {
  const { taskId, mapIndex } = before;
  const { state, tryNumber, maxTries, restarts, endedAt, dueAt, resultLength, resume, cause } = change;
  return {
    taskId,
    mapIndex,
    state,
    tryNumber,
    maxTries,
    restarts,
    startedAt: change.startedAt ?? before.startedAt,
    firstStartedAt: before.firstStartedAt ?? change.startedAt,
    endedAt,
    dueAt,
    resultLength,
    choice: change.choice === undefined ? undefined : (JSON.parse(change.choice) as readonly string[]),
    resume,
    ...(cause && { cause }),
  };
}

function setTo(before: Row, change: SetChange): Row {
  const { state, tryNumber, maxTries, restarts, dueAt, cause } = change;
  const { taskId, mapIndex } = before;
  const dispatchId = state === "restarting" ? before.dispatchId : undefined;
  const kept = change.clear ? {} : before;
  return {
    ...kept,
    taskId,
    mapIndex,
    state,
    tryNumber,
    maxTries,
    restarts,
    dueAt,
    endedAt: change.endedAt,
    dispatchId,
    cause,
  };
}

function patched(head: RunHead, patch: RunPatch): RunHead {
  const { queuedAt: _queuedAt, cause: _cause, ...rest } = patch;
  const emptied = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, value ?? undefined]));
  return { ...head, ...emptied };
}
