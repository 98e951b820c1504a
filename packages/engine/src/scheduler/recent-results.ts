import type { EngineStore, ResultKey, RunAssetEvent, StoredValue } from "@millrace/core";

/** Runs whose asset events are kept; a live one that was dropped is read again. */
const RUNS_WITH_EVENTS = 1_000;

/** Results of live runs that passed through this process lately, so that a chain of tasks needs no read per step. Bounded by size. */
export class RecentResults {
  readonly #values = new Map<string, StoredValue>();
  readonly #assetEvents = new Map<number, readonly RunAssetEvent[]>();
  readonly #maxChars: number;
  #chars = 0;

  /** @param maxChars default 64 million UTF-16 units. */
  constructor(maxChars = 64_000_000) {
    this.#maxChars = maxChars;
  }

  put(runId: number, taskId: string, mapIndex: number, value: StoredValue): void {
    const key = `${runId}/${mapIndex}/${taskId}`;
    this.#drop(key);
    this.#values.set(key, value);
    this.#chars += sizeOf(value);
    for (const oldest of this.#values.keys()) {
      if (this.#chars <= this.#maxChars) break;
      this.#drop(oldest);
    }
  }

  find(runId: number, taskId: string, mapIndex: number): StoredValue | undefined {
    return this.#values.get(`${runId}/${mapIndex}/${taskId}`);
  }

  /** A new try may have a new result. */
  forget(runId: number, taskId: string, mapIndex: number): void {
    this.#drop(`${runId}/${mapIndex}/${taskId}`);
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

  #drop(key: string): void {
    const value = this.#values.get(key);
    if (!value) return;
    this.#chars -= sizeOf(value);
    this.#values.delete(key);
  }
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
