import { GrowingList } from "./growing-list.model.ts";
import type { LogFilter, LogStore } from "./log-store.model.ts";

/** Lines of a log that a filter lets through, by position; grows with the log. */
export class LogSelection {
  readonly #store: LogStore;
  readonly #filter: LogFilter;
  readonly #numbers = new GrowingList();
  #looked = 0;

  constructor(store: LogStore, filter: LogFilter) {
    this.#store = store;
    this.#filter = filter;
  }

  /** How many lines there are, those included that have come since the last look. */
  get count(): number {
    if (this.#isAll) return this.#store.count;
    for (; this.#looked < this.#store.count; this.#looked += 1)
      if (this.#store.fits(this.#looked, this.#filter)) this.#numbers.push(this.#looked);
    return this.#numbers.count;
  }

  /** The number in the log of the line at a position; undefined beyond the end. */
  lineAt(position: number): number | undefined {
    if (!this.#isAll) return this.#numbers.at(position);
    return position >= 0 && position < this.#store.count ? position : undefined;
  }

  /** The position of a line, or of the next one that is shown. */
  positionOf(line: number): number {
    return this.#isAll ? line : this.#numbers.firstAtLeast(line);
  }

  get #isAll(): boolean {
    return this.#filter.levels === undefined && this.#filter.sources === undefined;
  }
}
