import type { Budget } from "./budget.ts";

/** Collects printed text within the budget. */
export class TextSink {
  readonly #budget: Budget;
  readonly #parts: string[] = [];
  #length = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  write(text: string): void {
    this.#length += text.length;
    this.#budget.spendText(text.length);
    // The sum is bounded as each part is, but costs steps only once.
    if (this.#length > text.length) this.#budget.checkLength(this.#length);
    this.#parts.push(text);
  }

  toString(): string {
    return this.#parts.join("");
  }
}
