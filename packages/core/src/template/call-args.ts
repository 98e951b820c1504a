import type { Budget } from "./budget.ts";
import { templateFault } from "./template-fault.ts";
import { isTruthy, numberOf, typeName, type CallArgs, type Value } from "./template-value.ts";

/** Reads the arguments of one call by position or name and refuses what is left over. */
export class ArgReader {
  readonly #who: string;
  readonly #args: CallArgs;
  readonly #parameters: readonly string[];

  /** @param parameters names in order. @throws MillraceError BAD_TEMPLATE for too many arguments, unknown and double ones. */
  constructor(who: string, args: CallArgs, parameters: readonly string[]) {
    this.#who = who;
    this.#args = args;
    this.#parameters = parameters;
    if (args.positional.length > parameters.length)
      throw templateFault(`${who}() takes at most ${parameters.length} arguments`);
    for (const name of args.named.keys()) {
      const index = parameters.indexOf(name);
      if (index < 0) throw templateFault(`${who}() has no argument "${name}"`);
      if (index < args.positional.length) throw templateFault(`${who}() got its argument "${name}" twice`);
    }
  }

  get budget(): Budget {
    return this.#args.budget;
  }

  /** The argument, or `undefined` when it was not given. */
  find(name: string): Value | undefined {
    const positional = this.#args.positional[this.#parameters.indexOf(name)];
    return positional === undefined ? this.#args.named.get(name) : positional;
  }

  get(name: string): Value {
    const value = this.find(name);
    if (value === undefined) throw templateFault(`${this.#who}() needs the argument "${name}"`);
    return value;
  }

  text(name: string, fallback?: string): string {
    const value = this.find(name) ?? fallback ?? this.get(name);
    if (typeof value !== "string")
      throw templateFault(`${this.#who}() wants text as "${name}", not ${typeName(value)}`);
    return value;
  }

  number(name: string, fallback?: number): number {
    const value = numberOf(this.find(name) ?? fallback ?? this.get(name));
    if (value === undefined)
      throw templateFault(`${this.#who}() wants a number as "${name}", not ${typeName(this.get(name))}`);
    return value;
  }

  integer(name: string, fallback?: number): number {
    const value = this.number(name, fallback);
    if (!Number.isSafeInteger(value)) throw templateFault(`${this.#who}() wants a whole number as "${name}"`);
    return value;
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.find(name);
    return value === undefined ? fallback : isTruthy(value);
  }
}
