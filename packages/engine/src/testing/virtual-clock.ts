// R7. Time is handed in: here it stands still until nothing is left to do, and then jumps to the next instant at which something is due.
import type { Micros } from "@millrace/core";
import type { Clock } from "../clock.ts";
import { Heap } from "../scheduler/heap.ts";

interface Timer {
  readonly at: Micros;
  /** Timers of one instant fire in the order in which they were set. */
  readonly order: number;
  fire: (() => void) | undefined;
}

/** A clock that moves only when it is told to. */
export class VirtualClock implements Clock {
  readonly #timers = new Heap<Timer>((a, b) => a.at < b.at || (a.at === b.at && a.order < b.order));
  #now: Micros;
  #set = 0;

  constructor(now: Micros) {
    this.#now = now;
  }

  now(): Micros {
    return this.#now;
  }

  monotonicMs(): number {
    return this.#now / 1_000;
  }

  /** Calls `fire` when it is `at`. @returns what forgets it. */
  at(at: Micros, fire: () => void): () => void {
    const timer: Timer = { at, order: (this.#set += 1), fire };
    this.#timers.push(timer);
    return () => (timer.fire = undefined);
  }

  /** When the next timer fires; undefined while none is set. */
  nextAt(): Micros | undefined {
    for (let top = this.#timers.peek(); top !== undefined; top = this.#timers.peek()) {
      if (top.fire !== undefined) return top.at;
      this.#timers.pop();
    }
    return undefined;
  }

  /** Moves on to `at` and fires what is due by then. It never goes back. */
  advanceTo(at: Micros): void {
    this.#now = Math.max(this.#now, at);
    for (let next = this.nextAt(); next !== undefined && next <= this.#now; next = this.nextAt())
      this.#timers.pop()?.fire?.();
  }
}
