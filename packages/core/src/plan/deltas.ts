/** Changes to counters, by position. Most plans touch few, so nothing is allocated before the first. */
export class Deltas {
  #byPosition: Map<number, number> | undefined;

  get(position: number): number {
    return this.#byPosition?.get(position) ?? 0;
  }

  add(position: number, by: number): void {
    this.#byPosition ??= new Map();
    this.#byPosition.set(position, (this.#byPosition.get(position) ?? 0) + by);
  }

  /** Adds every change to the counters themselves. */
  addTo(counters: Int32Array | Uint16Array): void {
    if (!this.#byPosition) return;
    for (const [position, by] of this.#byPosition) if (position < counters.length) counters[position] += by;
  }
}
