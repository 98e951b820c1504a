import type { Budget } from "./budget.ts";
import { ArgReader } from "./call-args.ts";
import { findTimeMember, timeMemberNames } from "./date-time-members.ts";
import { equals } from "./operations.ts";
import { templateFault } from "./template-fault.ts";
import { TEXT_METHODS } from "./text-methods.ts";
import {
  callable,
  isDict,
  isKind,
  isList,
  itemsOf,
  tuple,
  typeName,
  type CallArgs,
  type Callable,
  type Missing,
  type Value,
} from "./template-value.ts";

type DictMethod = (dict: ReadonlyMap<Value, Value>, args: CallArgs) => Value;
type ListMethod = (items: readonly Value[], args: CallArgs) => Value;

const DICT_METHODS: ReadonlyMap<string, DictMethod> = new Map<string, DictMethod>([
  [
    "get",
    (dict, args) => {
      const read = new ArgReader("get", args, ["key", "default"]);
      const key = read.get("key");
      return dict.has(key) ? (dict.get(key) as Value) : (read.find("default") ?? null);
    },
  ],
  [
    "items",
    (dict, { budget }) =>
      listOf(
        [...dict].map(([key, value]) => tuple([key, value])),
        budget,
      ),
  ],
  ["keys", (dict, { budget }) => listOf([...dict.keys()], budget)],
  ["values", (dict, { budget }) => listOf([...dict.values()], budget)],
]);

const LIST_METHODS: ReadonlyMap<string, ListMethod> = new Map<string, ListMethod>([
  [
    "index",
    (items, args) => {
      const wanted = new ArgReader("index", args, ["value"]).get("value");
      const index = items.findIndex((item) => equals(item, wanted, args.budget));
      if (index < 0) throw templateFault("index() did not find the value in the list");
      return index;
    },
  ],
  [
    "count",
    (items, args) => {
      const wanted = new ArgReader("count", args, ["value"]).get("value");
      return items.filter((item) => equals(item, wanted, args.budget)).length;
    },
  ],
]);

/** `object.name`: an attribute or method, else the item of that name. `undefined` when there is neither. */
export function findAttribute(object: Value, name: string): Value | Missing | undefined {
  if (isKind(object, "namespace")) return object.find(name);
  if (isKind(object, "datetime") || isKind(object, "timedelta")) return findTimeMember(object, name);
  if (typeof object === "string") return bind(name, chargedTextMethod(name), object);
  if (isDict(object)) return bind(name, DICT_METHODS.get(name), object) ?? object.get(name);
  const items = itemsOf(object);
  return items === undefined ? undefined : bind(name, LIST_METHODS.get(name), items);
}

/** `object[key]`: an item, else the attribute of that name. `undefined` when there is neither. */
export function findItem(object: Value, key: Value, budget: Budget): Value | Missing | undefined {
  if (isDict(object)) return object.get(key);
  if (typeof key === "string") return findAttribute(object, key);
  if (typeof key !== "number") throw templateFault(`a ${typeName(object)} has no item for a ${typeName(key)}`);
  if (typeof object === "string") {
    budget.spendText(object.length);
    return [...object].at(key);
  }
  return itemsOf(object)?.at(key);
}

/** The names that a template could have meant. */
export function memberNames(object: Value): Iterable<string> {
  if (isKind(object, "namespace")) return object.names();
  if (isKind(object, "datetime") || isKind(object, "timedelta")) return timeMemberNames(object);
  if (typeof object === "string") return TEXT_METHODS.keys();
  if (isDict(object)) return [...object.keys()].filter((key) => typeof key === "string").concat(...DICT_METHODS.keys());
  return itemsOf(object) === undefined ? [] : LIST_METHODS.keys();
}

/** `object[start:stop:step]` of Python. */
export function sliceOf(object: Value, bounds: readonly [Value, Value, Value], budget: Budget): Value {
  if (typeof object === "string") {
    budget.spendText(object.length);
    return slice([...object], bounds).join("");
  }
  const items = itemsOf(object);
  if (items === undefined) throw templateFault(`a ${typeName(object)} cannot be sliced`);
  budget.spend(items.length);
  return isList(object) ? slice(items, bounds) : tuple(slice(items, bounds));
}

function slice<T>(items: readonly T[], bounds: readonly [Value, Value, Value]): readonly T[] {
  const [start, stop, step] = bounds.map(boundOf);
  const stride = step ?? 1;
  if (stride === 0) throw templateFault("the step of a slice cannot be 0");
  const clamp = (bound: number, low: number, high: number): number =>
    Math.max(low, Math.min(bound < 0 ? bound + items.length : bound, high));
  const picked: T[] = [];
  if (stride > 0) {
    const end = clamp(stop ?? items.length, 0, items.length);
    for (let i = clamp(start ?? 0, 0, items.length); i < end; i += stride) picked.push(items[i]);
  } else {
    const end = stop === undefined ? -1 : clamp(stop, -1, items.length - 1);
    for (let i = clamp(start ?? items.length - 1, -1, items.length - 1); i > end; i += stride) picked.push(items[i]);
  }
  return picked;
}

/** What a loop or filter walks over: items of a list, keys of a dict, characters of a text. @throws MillraceError BAD_TEMPLATE */
export function iterate(value: Value, budget: Budget): readonly Value[] {
  const items = typeof value === "string" ? [...value] : isDict(value) ? [...value.keys()] : itemsOf(value);
  if (items === undefined) throw templateFault(`a ${typeName(value)} cannot be looped over`);
  return listOf(items, budget);
}

/** A method reads the whole text, so a long one costs more than a step. */
function chargedTextMethod(name: string): ((text: string, args: CallArgs) => Value) | undefined {
  const method = TEXT_METHODS.get(name);
  if (method === undefined) return undefined;
  return (text, args) => {
    args.budget.spendText(text.length);
    return method(text, args);
  };
}

function listOf(items: readonly Value[], budget: Budget): readonly Value[] {
  budget.spendItems(items.length);
  return items;
}

function boundOf(bound: Value): number | undefined {
  if (bound === null) return undefined;
  if (typeof bound !== "number" || !Number.isInteger(bound))
    throw templateFault("the bounds of a slice are whole numbers");
  return bound;
}

function bind<T>(name: string, method: ((of: T, args: CallArgs) => Value) | undefined, of: T): Callable | undefined {
  return method === undefined ? undefined : callable(name, (args) => method(of, args));
}
