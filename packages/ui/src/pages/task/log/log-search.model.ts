import { GrowingList } from "./growing-list.model.ts";
import { hasTerm } from "./line-spans.model.ts";
import type { LogRecord } from "./log-record.model.ts";
import type { LogStore } from "./log-store.model.ts";

/** Lines that have a term; looked for a part at a time, so that the page goes on meanwhile. */
export class LogSearch {
  readonly lowerTerm: string;
  readonly #hits = new GrowingList();
  #looked = 0;

  constructor(term: string) {
    this.lowerTerm = term.toLowerCase();
  }

  /** Numbers in the log of the lines that have it. */
  get hits(): GrowingList {
    return this.#hits;
  }

  /** How many lines were looked at; the next one to look at. */
  get looked(): number {
    return this.#looked;
  }

  /** Looks at the next line. */
  look(record: LogRecord): void {
    if (hasTerm(record.text, this.lowerTerm)) this.#hits.push(this.#looked);
    this.#looked += 1;
  }

  /** Looks at up to `most` lines that the store keeps. @returns `missing` when the next one must be read again */
  lookOn(store: LogStore, most: number): "done" | "more" | "missing" {
    for (let left = most; this.#looked < store.count; left -= 1) {
      if (left === 0) return "more";
      const record = store.line(this.#looked);
      if (!record) return "missing";
      this.look(record);
    }
    return "done";
  }
}
