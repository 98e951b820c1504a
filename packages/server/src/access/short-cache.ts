/** Values that hold for a short time. The oldest go when there are too many. */
export class ShortCache<Value> {
  readonly #values = new Map<string, { readonly value: Value; readonly until: number }>();
  readonly #ttlMs: number;
  readonly #most: number;
  readonly #monotonicMs: () => number;

  /** @param options.monotonicMs default: `performance.now` */
  constructor(options: { readonly ttlMs: number; readonly most: number; readonly monotonicMs?: () => number }) {
    this.#ttlMs = options.ttlMs;
    this.#most = options.most;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
  }

  get(key: string): Value | undefined {
    const found = this.#values.get(key);
    if (!found) return undefined;
    if (found.until > this.#monotonicMs()) return found.value;
    this.#values.delete(key);
    return undefined;
  }

  set(key: string, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, { value, until: this.#monotonicMs() + this.#ttlMs });
    const [oldest] = this.#values.keys();
    if (this.#values.size > this.#most && oldest !== undefined) this.#values.delete(oldest);
  }

  clear(): void {
    this.#values.clear();
  }
}
