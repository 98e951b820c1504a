// R6. The sum of what schedulers admit never exceeds a pool: while a share may already have been given to others, its owner uses no more than it
// said that it uses.
import type { EngineStore, PoolGrant } from "@millrace/core";
import type { OwnedDags } from "./owned-dags.ts";

/** This scheduler's shares of the pools (R6), refreshed on demand. */
export class Grants {
  readonly #store: EngineStore;
  readonly #schedulerId: number;
  /** As the store said last. */
  #answered: ReadonlyMap<string, PoolGrant> = new Map();
  /** What holds now: less than the answer from the moment of asking until the next answer. */
  #pools: ReadonlyMap<string, PoolGrant> = new Map();
  #wanted: Readonly<Record<string, number>> = {};
  /** Something waited for a slot while an answer was out. */
  #isHeldBack = false;
  #refreshing: Promise<boolean> | undefined;
  /** Pools that do not exist and were told of. */
  #missing: ReadonlySet<string> = new Set();

  constructor(store: EngineStore, schedulerId: number) {
    this.#store = store;
    this.#schedulerId = schedulerId;
  }

  /** What may be in use now. */
  get pools(): ReadonlyMap<string, PoolGrant> {
    return this.#pools;
  }

  get isStarved(): boolean {
    return Object.keys(this.#wanted).length > 0;
  }

  want(wanted: Readonly<Record<string, number>>): void {
    this.#wanted = wanted;
    if (this.#pools !== this.#answered && this.isStarved) this.#isHeldBack = true;
  }

  /** Of the pools that do not exist those that did exist, or were not waited for, when this was asked last. */
  newlyMissing(pools: Iterable<string>): readonly string[] {
    const before = this.#missing;
    this.#missing = new Set(pools);
    return [...this.#missing].filter((pool) => !before.has(pool));
  }

  /**
   * Asks for new shares. Call it between ticks only: what is in use must be committed.
   *
   * @returns true when more may start now.
   */
  refresh(owned: OwnedDags): Promise<boolean> {
    this.#refreshing ??= this.#ask(owned).finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  async #ask(owned: OwnedDags): Promise<boolean> {
    const used = owned.occupancy.pools();
    const before = this.#answered;
    // An answer that is lost on its way back has given slots away all the same: the bound stays until one arrives.
    this.#pools = new Map(
      [...this.#pools.values()].map((grant) => [grant.pool, boundTo(grant, used[grant.pool] ?? 0)]),
    );
    const grants = await this.#store.grants(this.#schedulerId, this.#wanted, used);
    this.#answered = new Map(grants.map((grant) => [grant.pool, grant]));
    this.#pools = this.#answered;
    const counted = grants.filter((grant) => owned.occupancy.countDeferred(grant.pool, grant.includeDeferred));
    if (counted.length > 0) owned.endRests();
    const wasHeldBack = this.#isHeldBack;
    this.#isHeldBack = false;
    return (
      wasHeldBack ||
      grants.length !== before.size ||
      grants.some((grant) => before.get(grant.pool)?.granted !== grant.granted)
    );
  }
}

function boundTo(grant: PoolGrant, used: number): PoolGrant {
  return grant.slots < 0 ? grant : { ...grant, granted: Math.min(grant.granted, used) };
}
