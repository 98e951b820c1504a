import type { CompiledGraph } from "../graph/compiled-graph.ts";
import type { NewRun, Obligation } from "../plan/changes.ts";
import type { Micros } from "./instant.ts";
import { isTerminal, TASK_STATES, type RunState, type TaskState } from "./states.ts";

/** Upstream outcomes that trigger rules count, by position. */
export const OUTCOME = { success: 0, skipped: 1, failed: 2, upstreamFailed: 3, removed: 4 } as const;
export const OUTCOMES = 5;

const STATE_CODE = new Map<TaskState, number>(TASK_STATES.map((state, code) => [state, code]));
const OUTCOME_OF_STATE: readonly number[] = TASK_STATES.map((state) =>
  ["success", "skipped", "failed", "upstream_failed", "removed"].indexOf(state),
);

/** Position of a state in TASK_STATES. */
export function stateCode(state: TaskState): number {
  return STATE_CODE.get(state) as number;
}

/** Position in OUTCOME, -1 for a state that is not terminal. */
export function outcomeOf(state: TaskState): number {
  return OUTCOME_OF_STATE[stateCode(state)];
}

/** A task instance's values as rows and drafts have them. */
export interface Instance {
  task: number;
  mapIndex: number;
  state: TaskState;
  tryNumber: number;
  maxTries: number;
  restarts: number;
  dispatchId?: string;
  startedAt?: Micros;
  firstStartedAt?: Micros;
  dueAt?: Micros;
  resultLength?: number;
  choice?: readonly string[];
  resume?: string;
}

/** A run's own values. */
export interface RunHead extends Omit<NewRun, "assetEventIds" | "note" | "onlyTasks" | "backfillId"> {
  readonly runId: number;
  version: number;
  state: RunState;
  dagVersion: number;
  startedAt?: Micros;
  endedAt?: Micros;
  dueAt?: Micros;
  clearNumber: number;
  deadlineMissed: boolean;
  obligations: readonly Obligation[];
  /** The backfill that made it, or cleared it last. */
  backfillId?: number;
}

/**
 * A run in memory: struct of arrays, about 40 bytes per task instance. A *slot* is an instance's position. Values that few instances have
 * (a dispatch, a due time, a choice) are in maps. Only `apply` writes to it, after the commit is known; everyone else reads.
 */
export class Run {
  readonly head: RunHead;
  readonly compiled: CompiledGraph;
  length = 0;
  task: Int32Array;
  mapIndex: Int32Array;
  state: Uint8Array;
  tryNumber: Uint16Array;
  maxTries: Uint16Array;
  restarts: Uint8Array;
  readonly dispatchId = new Map<number, string>();
  readonly startedAt = new Map<number, Micros>();
  readonly firstStartedAt = new Map<number, Micros>();
  readonly dueAt = new Map<number, Micros>();
  readonly resultLength = new Map<number, number>();
  readonly choice = new Map<number, readonly string[]>();
  readonly resume = new Map<number, string>();
  /** Slot of each unmapped task, or of a mapped task's placeholder; -1 = none. */
  readonly single: Int32Array;
  /** Mapped and expanded tasks: map index → slot. */
  readonly mapped = new Map<number, Int32Array>();
  /** Instances that a mapped task will have once its expansion is carried out; 1 before. */
  readonly expected: Int32Array;
  /** Finished instances of each task by outcome: task × OUTCOMES. */
  readonly done: Int32Array;
  /** Finished upstream instances outside the task's mapped group, by outcome: task × OUTCOMES. */
  readonly up: Int32Array;
  /** Upstream instances outside the task's mapped group. */
  readonly upTotal: Int32Array;
  /** Finished upstream instances of the same map index: slot × OUTCOMES. Empty without mapped groups. */
  sameIndex: Uint16Array;
  /** Instances per state, by position in TASK_STATES. */
  readonly counts: Int32Array;
  /** Active (queued, running, restarting) instances per task, for limits. */
  readonly active: Int32Array;

  constructor(head: RunHead, compiled: CompiledGraph) {
    const tasks = compiled.tasks.length;
    this.head = head;
    this.compiled = compiled;
    this.task = new Int32Array(tasks);
    this.mapIndex = new Int32Array(tasks);
    this.state = new Uint8Array(tasks);
    this.tryNumber = new Uint16Array(tasks);
    this.maxTries = new Uint16Array(tasks);
    this.restarts = new Uint8Array(tasks);
    this.single = new Int32Array(tasks).fill(-1);
    this.expected = new Int32Array(tasks).fill(1);
    this.done = new Int32Array(tasks * OUTCOMES);
    this.up = new Int32Array(tasks * OUTCOMES);
    this.upTotal = Int32Array.from(compiled.outerUpstream, (upstream) => upstream.length);
    this.sameIndex = new Uint16Array(compiled.members.size > 0 ? tasks * OUTCOMES : 0);
    this.counts = new Int32Array(TASK_STATES.length);
    this.active = new Int32Array(tasks);
  }

  stateOf(slot: number): TaskState {
    return TASK_STATES[this.state[slot]];
  }

  /** All values of one slot. */
  instance(slot: number): Instance {
    return {
      task: this.task[slot],
      mapIndex: this.mapIndex[slot],
      state: this.stateOf(slot),
      tryNumber: this.tryNumber[slot],
      maxTries: this.maxTries[slot],
      restarts: this.restarts[slot],
      dispatchId: this.dispatchId.get(slot),
      startedAt: this.startedAt.get(slot),
      firstStartedAt: this.firstStartedAt.get(slot),
      dueAt: this.dueAt.get(slot),
      resultLength: this.resultLength.get(slot),
      choice: this.choice.get(slot),
      resume: this.resume.get(slot),
    };
  }

  /** @returns -1 when there is no such instance. */
  slotOf(task: number, mapIndex: number): number {
    if (mapIndex < 0) return this.single[task];
    return this.mapped.get(task)?.[mapIndex] ?? -1;
  }

  /** Slots of a task: its instances, or its one instance or placeholder. */
  slotsOf(task: number): readonly number[] | Int32Array {
    const mapped = this.mapped.get(task);
    if (mapped) return mapped;
    return this.single[task] < 0 ? [] : [this.single[task]];
  }

  /** Writes one slot. For `apply` and loading only. */
  write(slot: number, values: Instance): void {
    if (slot >= this.task.length) this.#grow(slot + 1);
    if (slot >= this.length) this.length = slot + 1;
    this.task[slot] = values.task;
    this.mapIndex[slot] = values.mapIndex;
    this.state[slot] = stateCode(values.state);
    this.tryNumber[slot] = values.tryNumber;
    this.maxTries[slot] = values.maxTries;
    this.restarts[slot] = values.restarts;
    put(this.dispatchId, slot, values.dispatchId);
    put(this.startedAt, slot, values.startedAt);
    put(this.firstStartedAt, slot, values.firstStartedAt);
    put(this.dueAt, slot, values.dueAt);
    put(this.resultLength, slot, values.resultLength);
    put(this.choice, slot, values.choice);
    put(this.resume, slot, values.resume);
  }

  /** Derives every counter anew from the slots. O(instances + edges): after loading, clearing and marking only. */
  recount(): void {
    this.done.fill(0);
    this.up.fill(0);
    this.sameIndex.fill(0);
    this.counts.fill(0);
    this.active.fill(0);
    for (let slot = 0; slot < this.length; slot += 1) {
      if (this.task[slot] < 0) continue;
      this.counts[this.state[slot]] += 1;
      if (isActiveCode(this.state[slot])) this.active[this.task[slot]] += 1;
      const outcome = OUTCOME_OF_STATE[this.state[slot]];
      if (outcome >= 0) this.done[this.task[slot] * OUTCOMES + outcome] += 1;
    }
    this.#recountUpstream();
  }

  #recountUpstream(): void {
    const { compiled } = this;
    for (let task = 0; task < compiled.tasks.length; task += 1) {
      let total = 0;
      for (const upstream of compiled.outerUpstream[task]) {
        total += this.expected[upstream];
        for (let k = 0; k < OUTCOMES; k += 1) this.up[task * OUTCOMES + k] += this.done[upstream * OUTCOMES + k];
      }
      this.upTotal[task] = total;
    }
    if (this.sameIndex.length === 0) return;
    for (let slot = 0; slot < this.length; slot += 1) {
      const outcome = OUTCOME_OF_STATE[this.state[slot]];
      if (outcome < 0 || this.task[slot] < 0) continue;
      for (const edge of compiled.downstream[this.task[slot]]) {
        if (!edge.sameIndex) continue;
        const below = this.slotOf(edge.task, this.mapIndex[slot]);
        if (below >= 0) this.sameIndex[below * OUTCOMES + outcome] += 1;
      }
    }
  }

  #grow(needed: number): void {
    const size = Math.max(needed, Math.ceil(this.task.length * 1.5), 16);
    this.task = grown(new Int32Array(size), this.task);
    this.mapIndex = grown(new Int32Array(size), this.mapIndex);
    this.state = grown(new Uint8Array(size), this.state);
    this.tryNumber = grown(new Uint16Array(size), this.tryNumber);
    this.maxTries = grown(new Uint16Array(size), this.maxTries);
    this.restarts = grown(new Uint8Array(size), this.restarts);
    if (this.compiled.members.size > 0) this.sameIndex = grown(new Uint16Array(size * OUTCOMES), this.sameIndex);
  }
}

/** True for queued, running and restarting. */
export function isActiveCode(code: number): boolean {
  return code >= 2 && code <= 4;
}

/** Rebuilds a run from its rows. Rows of tasks that the graph does not know, and removed map indexes, are left out. */
export function loadRun(
  head: RunHead,
  compiled: CompiledGraph,
  rows: readonly Omit<Instance, "task">[],
  taskIds: readonly string[],
): Run {
  const run = new Run(head, compiled);
  const mappedRows = new Map<number, { row: Omit<Instance, "task">; task: number }[]>();
  let slot = 0;
  rows.forEach((row, i) => {
    const task = compiled.indexOf.get(taskIds[i]);
    if (task === undefined) return;
    if (row.mapIndex >= 0) {
      if (row.state === "removed") return;
      const list = mappedRows.get(task);
      if (list) list.push({ row, task });
      else mappedRows.set(task, [{ row, task }]);
      return;
    }
    run.write(slot, { ...row, task });
    run.single[task] = slot;
    slot += 1;
  });
  for (const [task, list] of mappedRows) {
    const pending = head.obligations.find((o) => o.kind === "expand" && o.taskId === compiled.tasks[task].taskId);
    const sorted = list.sort((a, b) => a.row.mapIndex - b.row.mapIndex);
    const slots = new Int32Array(sorted[sorted.length - 1].row.mapIndex + 1).fill(-1);
    for (const { row } of sorted) {
      run.write(slot, { ...row, task });
      slots[row.mapIndex] = slot;
      slot += 1;
    }
    run.mapped.set(task, slots);
    run.expected[task] = pending?.kind === "expand" ? pending.total : slots.length;
  }
  run.recount();
  return run;
}

/** True when every instance is in a terminal state and nothing is promised. */
export function isFinished(run: Run): boolean {
  return (
    run.head.obligations.length === 0 && TASK_STATES.every((state, code) => isTerminal(state) || run.counts[code] === 0)
  );
}

function put<T>(map: Map<number, T>, slot: number, value: T | undefined): void {
  if (value === undefined) {
    if (map.size > 0) map.delete(slot);
  } else map.set(slot, value);
}

function grown<T extends Int32Array | Uint8Array | Uint16Array>(to: T, from: T): T {
  to.set(from);
  return to;
}
