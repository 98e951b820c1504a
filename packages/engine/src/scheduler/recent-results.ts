import type { EngineStore, ResultKey, RunAssetEvent, StoredValue } from "@millrace/core";

/** Runs whose asset events are kept; a live one that was dropped is read again. */
const RUNS_WITH_EVENTS = 1_000;

/** Results of live runs that passed through this process lately, so that a chain of tasks needs no read per step. Bounded by size. */
export class RecentResults {
  /** By run, the one that came first first; inside a run by instance, the oldest first. */
  readonly #runs = new Map<number, Map<string, StoredValue>>();
  readonly #assetEvents = new Map<number, readonly RunAssetEvent[]>();
  readonly #maxChars: number;
  #chars = 0;

  /** @param maxChars default 64 million UTF-16 units. */
  constructor(maxChars = 64_000_000) {
    this.#maxChars = maxChars;
  }

  put(runId: number, taskId: string, mapIndex: number, value: StoredValue): void {
    this.forget(runId, taskId, mapIndex);
    const values = this.#runs.get(runId) ?? new Map<string, StoredValue>();
    this.#runs.set(runId, values);
    values.set(keyOf(taskId, mapIndex), value);
    this.#chars += sizeOf(value);
    if (this.#chars > this.#maxChars) this.#makeRoom();
  }

  find(runId: number, taskId: string, mapIndex: number): StoredValue | undefined {
    return this.#runs.get(runId)?.get(keyOf(taskId, mapIndex));
  }

  /** A new try may have a new result. */
  forget(runId: number, taskId: string, mapIndex: number): void {
    const values = this.#runs.get(runId);
    const value = values?.get(keyOf(taskId, mapIndex));
    if (!values || !value) return;
    this.#chars -= sizeOf(value);
    values.delete(keyOf(taskId, mapIndex));
  }

  /** The run has ended, so that nobody here reads its results any more; or its rows are read anew, and may have others. */
  forgetRun(runId: number): void {
    for (const value of this.#runs.get(runId)?.values() ?? []) this.#chars -= sizeOf(value);
    this.#runs.delete(runId);
    this.#assetEvents.delete(runId);
  }

  clear(): void {
    this.#runs.clear();
    this.#assetEvents.clear();
    this.#chars = 0;
  }

  /** The updates that made a run start, when they were read before. */
  assetEvents(runId: number): readonly RunAssetEvent[] | undefined {
    return this.#assetEvents.get(runId);
  }

  putAssetEvents(runId: number, events: readonly RunAssetEvent[]): void {
    this.#assetEvents.set(runId, events);
    const [oldest] = this.#assetEvents.keys();
    if (this.#assetEvents.size > RUNS_WITH_EVENTS) this.#assetEvents.delete(oldest);
  }

  #makeRoom(): void {
    for (const [runId, values] of this.#runs) {
      for (const [key, value] of values) {
        if (this.#chars <= this.#maxChars) return;
        this.#chars -= sizeOf(value);
        values.delete(key);
      }
      this.#runs.delete(runId);
    }
  }
}

function keyOf(taskId: string, mapIndex: number): string {
  return `${mapIndex}/${taskId}`;
}

/** Reads what is not in memory in one go. @returns key → values in index order. */
export async function readMissing(
  store: EngineStore,
  keys: ReadonlyMap<string, ResultKey>,
): Promise<ReadonlyMap<string, readonly StoredValue[]>> {
  if (keys.size === 0) return new Map();
  const names = [...keys.keys()];
  const values = await store.readResults([...keys.values()]);
  return new Map(names.map((name, i) => [name, values[i]]));
}

function sizeOf(value: StoredValue): number {
  return value.json.length + (value.meta?.length ?? 0) + 64;
}
