import type { EngineStore } from "@millrace/core";
import type { RunIds } from "./create-runs.ts";

/** Run ids reserved ahead: ascending, taken without a round trip. Gaps are harmless. */
export class RunIdBlock implements RunIds {
  readonly #store: EngineStore;
  readonly #size: number;
  #next = 0;
  #end = 0;

  constructor(store: EngineStore, size = 256) {
    this.#store = store;
    this.#size = size;
  }

  /** Makes sure that `count` ids can be taken. */
  async ensure(count: number): Promise<void> {
    if (this.#end - this.#next >= count) return;
    const size = Math.max(this.#size, count);
    this.#next = await this.#store.reserveRunIds(size);
    this.#end = this.#next + size;
  }

  get left(): number {
    return this.#end - this.#next;
  }

  take(): number {
    if (this.#next === this.#end) throw new Error("no reserved run id is left");
    this.#next += 1;
    return this.#next - 1;
  }
}
