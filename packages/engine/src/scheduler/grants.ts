import type { EngineStore, PoolGrant } from "@millrace/core";
import type { OwnedDags } from "./owned-dags.ts";

/** This scheduler's shares of the pools (R6), refreshed on demand. */
export class Grants {
  readonly #store: EngineStore;
  readonly #schedulerId: number;
  #pools: ReadonlyMap<string, PoolGrant> = new Map();
  #wanted: Readonly<Record<string, number>> = {};
  #refreshing: Promise<boolean> | undefined;

  constructor(store: EngineStore, schedulerId: number) {
    this.#store = store;
    this.#schedulerId = schedulerId;
  }

  get pools(): ReadonlyMap<string, PoolGrant> {
    return this.#pools;
  }

  get isStarved(): boolean {
    return Object.keys(this.#wanted).length > 0;
  }

  want(wanted: Readonly<Record<string, number>>): void {
    this.#wanted = wanted;
  }

  /** Asks for new shares. @returns true when some share changed. */
  refresh(owned: OwnedDags): Promise<boolean> {
    this.#refreshing ??= this.#ask(owned).finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  async #ask(owned: OwnedDags): Promise<boolean> {
    const grants = await this.#store.grants(this.#schedulerId, this.#wanted, owned.occupancy.pools());
    const before = this.#pools;
    this.#pools = new Map(grants.map((grant) => [grant.pool, grant]));
    for (const grant of grants) owned.occupancy.countDeferred(grant.pool, grant.includeDeferred);
    return grants.length !== before.size || grants.some((grant) => before.get(grant.pool)?.granted !== grant.granted);
  }
}
