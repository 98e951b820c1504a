import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

/** Ids taken from the database at once: its counter row is not updated for each run (R2). Ids that a process does not use are lost. */
const BLOCK = 256;

/**
 * How long a process may keep reserved ids that it does not use. Far less than the day after which a partition counts as past: no run may come into one
 * that is dropped.
 */
const RESERVED_FOR_MS = 3_600_000;

const RESERVE = "select millrace.reserve_run_ids($1) as first_id";

/** Hands out run ids; partitions for them exist. Locks the counter's row for one statement per block. */
export class RunIds {
  readonly #pool: DatabasePool;
  #next = 0;
  #end = 0;
  #reservedAtMs = 0;
  #refill: Promise<void> = Promise.resolve();

  constructor(pool: DatabasePool) {
    this.#pool = pool;
  }

  /** @returns the first of `count` ascending ids. */
  reserve(count: number): Promise<number> {
    const reserved = this.#refill.then(() => this.#take(count));
    this.#refill = reserved.then(
      () => undefined,
      () => undefined,
    );
    return reserved;
  }

  async #take(count: number): Promise<number> {
    if (this.#end - this.#next < count || performance.now() - this.#reservedAtMs > RESERVED_FOR_MS) {
      this.#reservedAtMs = performance.now();
      const amount = Math.max(BLOCK, count);
      const { rows } = await runGuarded(this.#pool, "any", (client) =>
        client.query<{ first_id: number }>(RESERVE, [amount]),
      );
      this.#next = rows[0].first_id;
      this.#end = this.#next + amount;
    }
    const first = this.#next;
    this.#next += count;
    return first;
  }
}
