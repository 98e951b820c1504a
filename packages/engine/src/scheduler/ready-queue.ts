import type { Micros } from "@millrace/core";
import { Heap } from "./heap.ts";

/** A task instance that is ready and waits for a free slot. */
export interface ReadyEntry {
  readonly runId: number;
  readonly slot: number;
  readonly priority: number;
  readonly logicalDate: Micros;
  readonly mapIndex: number;
}

interface Turn {
  readonly dagId: string;
  readonly heap: Heap<ReadyEntry>;
  /** Slots that this DAG may take before the turn passes on. */
  credit: number;
}

/** Tells whether an entry may start now: started it is taken; gone it is dropped; blocked it waits and others are tried. */
export type Verdict =
  | { readonly verdict: "take"; readonly cost: number }
  | { readonly verdict: "gone" }
  | { readonly verdict: "blocked"; readonly scope: "task" | "dag" };

/** How many blocked entries of one DAG are looked past in one go. */
const LOOK_PAST = 64;

/**
 * Ready instances of one pool. DAGs take turns (deficit round robin, one slot a turn), so a DAG with 100 000 ready instances does not
 * hold up another with one; inside a DAG: priority, logical date, map index. With `order: "priority"` the best entry of all DAGs goes first.
 */
export class ReadyQueue {
  readonly #turns: Turn[] = [];
  readonly #byDag = new Map<string, Turn>();
  #next = 0;

  push(dagId: string, entry: ReadyEntry): void {
    let turn = this.#byDag.get(dagId);
    if (!turn) {
      turn = { dagId, heap: new Heap(isBefore), credit: 0 };
      this.#byDag.set(dagId, turn);
      this.#turns.push(turn);
    }
    turn.heap.push(entry);
  }

  forget(dagId: string): void {
    const turn = this.#byDag.get(dagId);
    if (!turn) return;
    this.#byDag.delete(dagId);
    this.#turns.splice(this.#turns.indexOf(turn), 1);
  }

  get size(): number {
    return this.#turns.reduce((sum, turn) => sum + turn.heap.size, 0);
  }

  /** DAGs with something in it. */
  get dagIds(): readonly string[] {
    return [...this.#byDag.keys()];
  }

  /** Offers entries in order until `free` slots are given away or nothing more can start. */
  take(
    free: number,
    order: "fair" | "priority",
    offer: (dagId: string, entry: ReadyEntry, free: number) => Verdict,
  ): void {
    const closed = new Set<Turn>();
    let left = free;
    while (left > 0 && closed.size < this.#turns.length) {
      const turn = order === "fair" ? this.#nextTurn(closed) : this.#bestTurn(closed);
      if (!turn) break;
      const cost = this.#takeOne(turn, left, offer);
      if (cost === 0) closed.add(turn);
      left -= cost;
    }
    this.#sweep();
  }

  #nextTurn(closed: ReadonlySet<Turn>): Turn | undefined {
    for (let looked = 0; looked <= this.#turns.length; looked += 1) {
      const turn = this.#turns[this.#next % this.#turns.length];
      this.#next = (this.#next + 1) % this.#turns.length;
      if (closed.has(turn) || turn.heap.size === 0) continue;
      turn.credit = Math.min(1, turn.credit + 1);
      // A DAG whose last instance took several slots waits that many turns.
      if (turn.credit > 0) return turn;
      looked = -1;
    }
    return undefined;
  }

  #bestTurn(closed: ReadonlySet<Turn>): Turn | undefined {
    let best: Turn | undefined;
    for (const turn of this.#turns) {
      const top = turn.heap.peek();
      if (!top || closed.has(turn)) continue;
      const bestTop = best?.heap.peek();
      if (!bestTop || isBefore(top, bestTop)) best = turn;
    }
    return best;
  }

  /** @returns slots taken, 0 when nothing of this DAG can start now. */
  #takeOne(turn: Turn, free: number, offer: (dagId: string, entry: ReadyEntry, free: number) => Verdict): number {
    const passed: ReadyEntry[] = [];
    let cost = 0;
    for (let entry = turn.heap.pop(); entry !== undefined; entry = turn.heap.pop()) {
      const answer = offer(turn.dagId, entry, free);
      if (answer.verdict === "gone") continue;
      if (answer.verdict === "take") {
        cost = answer.cost;
        turn.credit -= answer.cost;
        break;
      }
      passed.push(entry);
      if (answer.scope === "dag" || passed.length >= LOOK_PAST) break;
    }
    for (const entry of passed) turn.heap.push(entry);
    return cost;
  }

  #sweep(): void {
    for (let at = this.#turns.length - 1; at >= 0; at -= 1) {
      const turn = this.#turns[at];
      if (turn.heap.size > 0) continue;
      this.#byDag.delete(turn.dagId);
      this.#turns.splice(at, 1);
    }
    if (this.#next >= this.#turns.length) this.#next = 0;
  }
}

function isBefore(a: ReadyEntry, b: ReadyEntry): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  if (a.logicalDate !== b.logicalDate) return a.logicalDate < b.logicalDate;
  if (a.runId !== b.runId) return a.runId < b.runId;
  if (a.mapIndex !== b.mapIndex) return a.mapIndex < b.mapIndex;
  return a.slot < b.slot;
}
