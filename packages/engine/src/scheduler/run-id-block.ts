import type { EngineStore } from "@millrace/core";
import type { RunIds } from "./create-runs.ts";

/** As in the store: a run must not come into a partition that retention has dropped. */
const RESERVED_FOR_MS = 3_600_000;

/** Run ids reserved ahead: ascending, taken without a round trip. Gaps are harmless. */
export class RunIdBlock implements RunIds {
  readonly #store: EngineStore;
  readonly #size: number;
  #next = 0;
  #end = 0;
  #reservedAtMs = 0;

  constructor(store: EngineStore, size = 256) {
    this.#store = store;
    this.#size = size;
  }

  /** Makes sure that `count` ids can be taken. */
  async ensure(count: number): Promise<void> {
    if (this.left >= count) return;
    this.#reservedAtMs = performance.now();
    const size = Math.max(this.#size, count);
    this.#next = await this.#store.reserveRunIds(size);
    this.#end = this.#next + size;
  }

  /** None of those that were reserved long ago. */
  get left(): number {
    return performance.now() - this.#reservedAtMs > RESERVED_FOR_MS ? 0 : this.#end - this.#next;
  }

  take(): number {
    if (this.#next === this.#end) throw new Error("no reserved run id is left");
    this.#next += 1;
    return this.#next - 1;
  }
}
