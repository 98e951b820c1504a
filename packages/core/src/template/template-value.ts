import type { Micros } from "../model/instant.ts";
import type { Budget } from "./budget.ts";

/**
 * Values inside a template. A template only ever sees these: no object of JavaScript is reachable from them, and no name
 * that a template writes is ever looked up on one. A number is an `int` when it is whole; a whole `float` is boxed.
 */
export type Value =
  Scalar | DateTime | TimeDelta | readonly Value[] | Tuple | ReadonlyMap<Value, Value> | Callable | Namespace;

/** Values without parts. */
export type Scalar = null | boolean | number | string | Float;

/** A float that is a whole number: Python prints `2.0`. */
export interface Float {
  readonly kind: "float";
  readonly value: number;
}

/** A tuple. */
export interface Tuple {
  readonly kind: "tuple";
  readonly items: readonly Value[];
}

/** A date with a time, or a date alone. */
export interface DateTime {
  readonly kind: "datetime";
  /** The instant; of a naive one, what the wall shows, read as UTC. */
  readonly at: Micros;
  /** IANA name or offset; `undefined` = naive. */
  readonly zone: string | undefined;
  readonly isDate: boolean;
}

/** A length of time. */
export interface TimeDelta {
  readonly kind: "timedelta";
  readonly micros: number;
}

/** Something to call. */
export interface Callable {
  readonly kind: "callable";
  readonly name: string;
  readonly call: (args: CallArgs) => Value | Missing;
}

/** A thing with attributes and nothing else: `dag`, `ti`, `macros`, `var.value`, `loop`. */
export interface Namespace {
  readonly kind: "namespace";
  /** As it is called in messages and printed. */
  readonly name: string;
  readonly find: (attribute: string) => Value | Missing | undefined;
  readonly names: () => Iterable<string>;
  /** For what can be called and has attributes, as `macros.datetime`. */
  readonly call?: (args: CallArgs) => Value | Missing;
}

/** What a name stands for that is not defined. Only `default` and `is defined` may look at it. */
export interface Missing {
  readonly kind: "missing";
  /** As written: `params.daay`. */
  readonly name: string;
  /** A whole sentence part: `"params.daay" is not defined; did you mean "day"?` */
  readonly fault: string;
  readonly at: number | undefined;
}

/** Arguments of a call, evaluated. */
export interface CallArgs {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  readonly budget: Budget;
}

/** A float; one that is not whole needs no box. */
export function float(value: number): number | Float {
  return Number.isInteger(value) ? { kind: "float", value } : value;
}

/** A tuple of these items. */
export function tuple(items: readonly Value[]): Tuple {
  return { kind: "tuple", items };
}

/** A function for templates. */
export function callable(name: string, call: (args: CallArgs) => Value | Missing): Callable {
  return { kind: "callable", name, call };
}

/** A namespace with these attributes; functions are computed when asked for. */
export function namespace(
  name: string,
  attributes: Readonly<Record<string, Value | (() => Value | Missing)>>,
): Namespace {
  const known = new Map(Object.entries(attributes));
  const find = (attribute: string): Value | Missing | undefined => {
    const found = known.get(attribute);
    return typeof found === "function" ? found() : found;
  };
  return { kind: "namespace", name, find, names: () => known.keys() };
}

/** True for a list, in the sense of Python. */
export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** True for a dict. */
export function isDict(value: Value): value is ReadonlyMap<Value, Value> {
  return value instanceof Map;
}

/** The items of a list or tuple. */
export function itemsOf(value: Value): readonly Value[] | undefined {
  if (isList(value)) return value;
  return isKind(value, "tuple") ? value.items : undefined;
}

type Kinds = Exclude<Extract<Value, { readonly kind: string }>, ReadonlyMap<Value, Value>>;

/** True for a value of that kind. */
export function isKind<K extends Kinds["kind"]>(
  value: Value | Missing,
  kind: K,
): value is Extract<Kinds, { readonly kind: K }> {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === kind;
}

/** True for {@link Missing}. */
export function isMissing(value: Value | Missing): value is Missing {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "missing";
}

/** The number that a value is in arithmetic (booleans count as 0 and 1), or `undefined`. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  return isKind(value, "float") ? value.value : undefined;
}

/** True for a float, also one that is not boxed. */
export function isFloat(value: Value): boolean {
  return isKind(value, "float") || (typeof value === "number" && !Number.isInteger(value));
}

/** The name of the type in Python, for messages. */
export function typeName(value: Value): string {
  if (value === null) return "None";
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  if (isFloat(value)) return "float";
  if (typeof value === "number") return "int";
  if (isList(value)) return "list";
  if (isDict(value)) return "dict";
  if (isKind(value, "datetime")) return value.isDate ? "date" : "datetime";
  if (isKind(value, "callable")) return `function ${value.name}`;
  return isKind(value, "namespace") ? value.name : (value as Tuple | TimeDelta).kind;
}

/** Truth in the sense of Python: zero, empty and None are false. */
export function isTruthy(value: Value): boolean {
  const number = numberOf(value);
  if (number !== undefined) return number !== 0;
  if (value === null || value === "") return false;
  if (isDict(value)) return value.size > 0;
  if (isKind(value, "timedelta")) return value.micros !== 0;
  return (itemsOf(value)?.length ?? 1) > 0;
}
