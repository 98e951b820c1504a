import type { Missing, Value } from "./template-value.ts";

/** The names that a part of a template has set. Those of an inner part are gone when it ends, as in Jinja. */
export class Scope {
  readonly #names = new Map<string, Value | Missing>();
  readonly #parent: Scope | undefined;

  constructor(parent?: Scope) {
    this.#parent = parent;
  }

  set(name: string, value: Value | Missing): void {
    this.#names.set(name, value);
  }

  find(name: string): Value | Missing | undefined {
    const own = this.#names.get(name);
    return own === undefined ? this.#parent?.find(name) : own;
  }

  *names(): Iterable<string> {
    yield* this.#names.keys();
    if (this.#parent !== undefined) yield* this.#parent.names();
  }
}
