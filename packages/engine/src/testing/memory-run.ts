// R2. A commit is the version after the one it was planned from, or it does not happen.
import {
  isTerminal,
  type InstanceChange,
  type InstanceRow,
  type Micros,
  type NewRun,
  type ResultKey,
  type RunChanges,
  type RunRow,
  type StoredValue,
} from "@millrace/core";
import { RowStore, type Row } from "@millrace/core/testing";

/** One committed version of a run. */
export interface CommittedVersion {
  readonly at: Micros;
  readonly changes: RunChanges;
}

/** The rows of one run, what its tasks left behind, and every version of it. */
export class MemoryRun {
  readonly runId: number;
  readonly created: NewRun;
  /** Every version, oldest first. */
  readonly versions: CommittedVersion[] = [];
  readonly #queuedAt: Micros;
  readonly #rows: RowStore;
  readonly #results = new Map<string, StoredValue>();
  readonly #pushed = new Map<string, Map<string, StoredValue>>();

  constructor(runId: number, created: NewRun, at: Micros) {
    this.runId = runId;
    this.created = created;
    this.#queuedAt = at;
    this.#rows = new RowStore(runId, created);
  }

  /** @returns false when the version is taken: nothing of it was written. */
  commit(changes: RunChanges, at: Micros): boolean {
    if (changes.version <= this.#rows.head.version) return false;
    this.#rows.commit(changes);
    for (const change of changes.instances) this.#keepValues(change);
    for (const { taskId, mapIndex, key, value } of changes.xcoms)
      this.#pushedOf(keyOf(taskId, mapIndex)).set(key, value);
    this.versions.push({ at, changes });
    return true;
  }

  get row(): RunRow {
    return { ...this.#rows.head, queuedAt: this.#queuedAt };
  }

  get isFinished(): boolean {
    const { state, obligations } = this.#rows.head;
    return (state === "success" || state === "failed") && obligations.length === 0;
  }

  /** In the order in which they were created. */
  get rows(): readonly Row[] {
    return [...this.#rows.rows.values()];
  }

  get instances(): readonly InstanceRow[] {
    return this.rows.map(({ choice, cause: _cause, endedAt: _endedAt, ...row }) => ({
      ...row,
      ...(choice !== undefined && { choice: JSON.stringify(choice) }),
    }));
  }

  /** A result or pushed value; of all successful instances in index order when no map index is asked for. */
  values({ taskId, mapIndex, key }: Omit<ResultKey, "runId">): readonly StoredValue[] {
    const rows = this.rows
      .filter((row) => row.taskId === taskId && (mapIndex === undefined || row.mapIndex === mapIndex))
      .filter((row) => row.state === "success")
      .sort((a, b) => a.mapIndex - b.mapIndex);
    return rows.flatMap((row) => {
      const at = keyOf(taskId, row.mapIndex);
      const value = key === undefined ? this.#results.get(at) : this.#pushed.get(at)?.get(key);
      return value === undefined ? [] : [value];
    });
  }

  /** What an instance has pushed under keys. */
  pushed(taskId: string, mapIndex: number): ReadonlyMap<string, StoredValue> {
    return this.#pushed.get(keyOf(taskId, mapIndex)) ?? new Map();
  }

  /** The number of the first try since the instance was cleared after it had ended. */
  firstTry(taskId: string, mapIndex: number): number {
    let first = 1;
    for (const { changes } of this.versions)
      for (const change of changes.instances)
        if (change.kind === "set" && change.clear && change.taskId === taskId && change.mapIndex === mapIndex)
          first = change.tryNumber + 1;
    return first;
  }

  #keepValues(change: InstanceChange): void {
    const key = keyOf(change.taskId, change.mapIndex);
    const isOver = change.kind === "delete" || (change.kind === "set" && change.clear);
    if (isOver || (change.kind === "queue" && change.newTry)) this.#pushed.delete(key);
    if (isOver || change.kind === "end") this.#results.delete(key);
    if (change.kind === "end" && change.result !== undefined && isTerminal(change.state))
      this.#results.set(key, change.result);
  }

  #pushedOf(key: string): Map<string, StoredValue> {
    const pushed = this.#pushed.get(key) ?? new Map<string, StoredValue>();
    this.#pushed.set(key, pushed);
    return pushed;
  }
}

function keyOf(taskId: string, mapIndex: number): string {
  return `${taskId}[${mapIndex}]`;
}
