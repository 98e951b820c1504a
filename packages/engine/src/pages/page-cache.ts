/** What a computation gave, or how it failed. */
export type Computed<T> =
  { readonly kind: "value"; readonly value: T } | { readonly kind: "error"; readonly error: Error };

/** A computation whose outcome is kept for a while. */
export interface CachedWork<T> {
  /** Of a page: one computation of it at a time. */
  readonly group: string;
  /** Of the same outcome. */
  readonly key: string;
  /** An outcome is kept for so long, a failure for at most {@link FAILURE_MS}. */
  readonly keepMs: number;
  readonly compute: () => Promise<T>;
  readonly sizeOf: (value: T) => number;
}

/** A page that fails is not computed again and again by everybody who looks. */
const FAILURE_MS = 5_000;
const MOST_ENTRIES = 256;
const MOST_SIZE = 32 * 1_048_576;

interface Entry<T> {
  readonly computed: Computed<T>;
  readonly untilMs: number;
  readonly size: number;
}

/** Keeps what pages showed last. Who asks for the same while it is being computed gets what becomes of it. */
export class PageCache<T> {
  readonly #nowMs: () => number;
  /** Oldest first. */
  readonly #entries = new Map<string, Entry<T>>();
  readonly #underWay = new Map<string, Promise<Computed<T>>>();
  readonly #groups = new Map<string, Promise<unknown>>();
  #size = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** @throws what the computation threw */
  async get(work: CachedWork<T>): Promise<T> {
    const computed = this.#find(work.key) ?? (await this.#join(work));
    if (computed.kind === "error") throw computed.error;
    return computed.value;
  }

  #find(key: string): Computed<T> | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.untilMs > this.#nowMs()) return entry.computed;
    this.#drop(key, entry);
    return undefined;
  }

  #join(work: CachedWork<T>): Promise<Computed<T>> {
    const known = this.#underWay.get(work.key);
    if (known) return known;
    const before = this.#groups.get(work.group) ?? Promise.resolve();
    const made = before
      .then(() => this.#compute(work))
      .finally(() => {
        this.#underWay.delete(work.key);
        if (this.#groups.get(work.group) === made) this.#groups.delete(work.group);
      });
    this.#underWay.set(work.key, made);
    this.#groups.set(work.group, made);
    return made;
  }

  /** Never rejects. */
  async #compute({ key, keepMs, compute, sizeOf }: CachedWork<T>): Promise<Computed<T>> {
    try {
      const value = await compute();
      return this.#keep(key, { computed: { kind: "value", value }, keepMs, size: sizeOf(value) });
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      return this.#keep(key, { computed: { kind: "error", error }, keepMs: Math.min(keepMs, FAILURE_MS), size: 0 });
    }
  }

  #keep(
    key: string,
    { computed, keepMs, size }: { readonly computed: Computed<T>; readonly keepMs: number; readonly size: number },
  ): Computed<T> {
    this.#entries.set(key, { computed, untilMs: this.#nowMs() + keepMs, size });
    this.#size += size;
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= MOST_ENTRIES && this.#size <= MOST_SIZE) break;
      this.#drop(oldest, entry);
    }
    return computed;
  }

  #drop(key: string, { size }: Entry<T>): void {
    this.#entries.delete(key);
    this.#size -= size;
  }
}
