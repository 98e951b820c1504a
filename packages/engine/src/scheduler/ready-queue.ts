import type { Micros, RunHead } from "@millrace/core";
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
  readonly isBackfill: boolean;
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

/** DAGs that take turns. */
class Ring {
  readonly turns: Turn[] = [];
  #next = 0;

  /** The next DAG whose turn it is. */
  next(closed: ReadonlySet<Turn>): Turn | undefined {
    for (let looked = 0; looked < this.turns.length; looked += 1) {
      const turn = this.turns[this.#next % this.turns.length];
      this.#next = (this.#next + 1) % this.turns.length;
      if (closed.has(turn) || turn.heap.size === 0) continue;
      turn.credit = Math.min(1, turn.credit + 1);
      // A DAG whose last instance took several slots waits that many turns.
      if (turn.credit > 0) return turn;
      looked = -1;
    }
    return undefined;
  }

  /** The DAG with the best entry. */
  best(closed: ReadonlySet<Turn>): Turn | undefined {
    let best: Turn | undefined;
    for (const turn of this.turns) {
      const top = turn.heap.peek();
      if (!top || closed.has(turn)) continue;
      const bestTop = best?.heap.peek();
      if (!bestTop || isBefore(top, bestTop)) best = turn;
    }
    return best;
  }

  remove(turn: Turn): void {
    const at = this.turns.indexOf(turn);
    if (at >= 0) this.turns.splice(at, 1);
    if (this.#next >= this.turns.length) this.#next = 0;
  }
}

/**
 * Ready instances of one pool. DAGs take turns (deficit round robin, one slot a turn), so a DAG with 100 000 ready instances does not
 * hold up another with one; inside a DAG: priority, logical date, map index. With `order: "priority"` the best entry of all DAGs goes first.
 * Backfills have every second turn while others wait, and all when nobody does.
 */
export class ReadyQueue {
  readonly #runs = new Ring();
  readonly #backfills = new Ring();
  readonly #turns = new Map<string, Turn>();
  #isBackfillNext = false;

  push({ dagId, backfillId }: Pick<RunHead, "dagId" | "backfillId">, entry: ReadyEntry): void {
    const isBackfill = backfillId !== undefined;
    let turn = this.#turns.get(keyOf(dagId, isBackfill));
    if (!turn) {
      turn = { dagId, isBackfill, heap: new Heap(isBefore), credit: 0 };
      this.#turns.set(keyOf(dagId, isBackfill), turn);
      this.#ringOf(turn).turns.push(turn);
    }
    turn.heap.push(entry);
  }

  forget(dagId: string): void {
    for (const isBackfill of [false, true]) {
      const turn = this.#turns.get(keyOf(dagId, isBackfill));
      if (turn) this.#drop(turn);
    }
  }

  get size(): number {
    let size = 0;
    for (const turn of this.#turns.values()) size += turn.heap.size;
    return size;
  }

  /** DAGs with something in it. */
  get dagIds(): readonly string[] {
    return [...new Set([...this.#turns.values()].map((turn) => turn.dagId))];
  }

  /** Offers entries in order until `free` slots are given away or nothing more can start. */
  take(
    free: number,
    order: "fair" | "priority",
    offer: (dagId: string, entry: ReadyEntry, free: number) => Verdict,
  ): void {
    const closed = new Set<Turn>();
    let left = free;
    while (left > 0) {
      const turn = this.#nextTurn(closed, order);
      if (!turn) break;
      const cost = this.#takeOne(turn, left, offer);
      if (cost === 0) closed.add(turn);
      else this.#isBackfillNext = !turn.isBackfill;
      left -= cost;
    }
    for (const turn of this.#turns.values()) if (turn.heap.size === 0) this.#drop(turn);
  }

  #nextTurn(closed: ReadonlySet<Turn>, order: "fair" | "priority"): Turn | undefined {
    const rings = this.#isBackfillNext ? [this.#backfills, this.#runs] : [this.#runs, this.#backfills];
    for (const ring of rings) {
      const turn = order === "fair" ? ring.next(closed) : ring.best(closed);
      if (turn) return turn;
    }
    return undefined;
  }

  #ringOf({ isBackfill }: Turn): Ring {
    return isBackfill ? this.#backfills : this.#runs;
  }

  #drop(turn: Turn): void {
    this.#turns.delete(keyOf(turn.dagId, turn.isBackfill));
    this.#ringOf(turn).remove(turn);
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
}

function keyOf(dagId: string, isBackfill: boolean): string {
  return isBackfill ? `${dagId}\nbackfill` : dagId;
}

function isBefore(a: ReadyEntry, b: ReadyEntry): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  if (a.logicalDate !== b.logicalDate) return a.logicalDate < b.logicalDate;
  if (a.runId !== b.runId) return a.runId < b.runId;
  if (a.mapIndex !== b.mapIndex) return a.mapIndex < b.mapIndex;
  return a.slot < b.slot;
}
