import { ArgReader } from "./call-args.ts";
import { CHECKS } from "./checks.ts";
import { findItem, iterate } from "./members.ts";
import { compare, contains, operate } from "./operations.ts";
import { printValue } from "./print-value.ts";
import { templateFault } from "./template-fault.ts";
import { joinTexts } from "./text-methods.ts";
import { isDict, isMissing, isTruthy, tuple, type CallArgs, type Value } from "./template-value.ts";

/** A filter: the value before the bar and its arguments. */
export type Filter = (input: Value, args: CallArgs) => Value;

/** How a filter looks up another one by name, for `map("upper")`. */
export type FindFilter = (name: string) => Filter;

/** Filters over lists and dicts. */
export const LIST_FILTERS: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ["list", (input, { budget }) => iterate(input, budget)],
  ["length", length],
  ["count", length],
  ["first", (input, { budget }) => end("first", iterate(input, budget).at(0))],
  ["last", (input, { budget }) => end("last", iterate(input, budget).at(-1))],
  ["reverse", reverse],
  ["join", join],
  ["sort", sort],
  ["unique", unique],
  ["min", (input, args) => end("min", order(input, args).at(0))],
  ["max", (input, args) => end("max", order(input, args).at(-1))],
  ["sum", sum],
  ["items", (input, { budget }) => pairs("items", input, budget)],
  ["dictsort", dictSort],
  ["batch", batch],
  ["select", (input, args) => pick(input, args, { keep: true, byAttribute: false })],
  ["reject", (input, args) => pick(input, args, { keep: false, byAttribute: false })],
  ["selectattr", (input, args) => pick(input, args, { keep: true, byAttribute: true })],
  ["rejectattr", (input, args) => pick(input, args, { keep: false, byAttribute: true })],
]);

/** `list | map(attribute="x")` and `list | map("filter", …)`. */
export function mapFilter(findFilter: FindFilter): Filter {
  return (input, args) => {
    const items = iterate(input, args.budget);
    const attribute = args.named.get("attribute");
    if (attribute !== undefined) {
      const fallback = args.named.get("default");
      return items.map((item) => dig(item, attribute, args, fallback));
    }
    const [name, ...positional] = args.positional;
    if (typeof name !== "string") throw templateFault('map() wants the name of a filter, or attribute="…"');
    const filter = findFilter(name);
    return items.map((item) => filter(item, { ...args, positional }));
  };
}

function length(input: Value, { budget }: CallArgs): number {
  // The interpreter has charged for the text already.
  if (typeof input === "string") return [...input].length;
  return isDict(input) ? input.size : iterate(input, budget).length;
}

function end(name: string, item: Value | undefined): Value {
  if (item === undefined) throw templateFault(`${name} of an empty list is not defined`);
  return item;
}

function reverse(input: Value, { budget }: CallArgs): Value {
  return typeof input === "string" ? [...input].reverse().join("") : iterate(input, budget).toReversed();
}

function join(input: Value, args: CallArgs): Value {
  const read = new ArgReader("join", args, ["d", "attribute"]);
  const attribute = read.find("attribute");
  const items = iterate(input, args.budget).map((item) =>
    attribute === undefined ? item : dig(item, attribute, args),
  );
  return joinTexts(
    items.map((item) => printValue(item, args.budget)),
    printValue(read.find("d") ?? "", args.budget),
    args.budget,
  );
}

function sort(input: Value, args: CallArgs): Value {
  const read = new ArgReader("sort", args, ["reverse", "case_sensitive", "attribute"]);
  const key = sortKey(args, read.find("attribute"), read.flag("case_sensitive", false));
  return sortBy(iterate(input, args.budget), key, args, read.flag("reverse", false));
}

function sortBy(
  items: readonly Value[],
  key: (item: Value) => Value,
  { budget }: CallArgs,
  isReversed = false,
): readonly Value[] {
  const sign = isReversed ? -1 : 1;
  return items
    .map((item) => ({ item, key: key(item) }))
    .sort((a, b) => sign * compare(a.key, b.key, budget))
    .map(({ item }) => item);
}

function sortKey(args: CallArgs, attribute: Value | undefined, isCaseSensitive: boolean): (item: Value) => Value {
  return (item) => {
    const value = attribute === undefined ? item : dig(item, attribute, args);
    return typeof value === "string" && !isCaseSensitive ? value.toLowerCase() : value;
  };
}

function order(input: Value, args: CallArgs): readonly Value[] {
  const attribute = new ArgReader("min", args, ["case_sensitive", "attribute"]).find("attribute");
  const key = sortKey(args, attribute, isTruthy(args.named.get("case_sensitive") ?? false));
  return sortBy(iterate(input, args.budget), key, args);
}

function unique(input: Value, args: CallArgs): Value {
  const key = sortKey(args, args.named.get("attribute"), false);
  const seen: Value[] = [];
  return iterate(input, args.budget).filter((item) => {
    const value = key(item);
    if (contains(seen, value, args.budget)) return false;
    seen.push(value);
    return true;
  });
}

function sum(input: Value, args: CallArgs): Value {
  const read = new ArgReader("sum", args, ["attribute", "start"]);
  const attribute = read.find("attribute") ?? null;
  return iterate(input, args.budget).reduce<Value>(
    (total, item) => operate("+", total, attribute === null ? item : dig(item, attribute, args), args.budget),
    read.find("start") ?? 0,
  );
}

function pairs(name: string, input: Value, budget: CallArgs["budget"]): readonly Value[] {
  if (!isDict(input)) throw templateFault(`${name} wants a dict`);
  budget.spendItems(input.size);
  return [...input].map(([key, value]) => tuple([key, value]));
}

function dictSort(input: Value, args: CallArgs): Value {
  const read = new ArgReader("dictsort", args, ["case_sensitive", "by", "reverse"]);
  const index = read.text("by", "key") === "value" ? 1 : 0;
  const key = sortKey(args, index, read.flag("case_sensitive", false));
  return sortBy(pairs("dictsort", input, args.budget), key, args, read.flag("reverse", false));
}

function batch(input: Value, args: CallArgs): Value {
  const size = new ArgReader("batch", args, ["linecount"]).integer("linecount");
  if (size < 1) throw templateFault("batch() wants a size of at least 1");
  const items = iterate(input, args.budget);
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

function pick(input: Value, args: CallArgs, how: { readonly keep: boolean; readonly byAttribute: boolean }): Value {
  const [attribute, rest] = how.byAttribute
    ? [args.positional[0], args.positional.slice(1)]
    : [undefined, args.positional];
  if (how.byAttribute && attribute === undefined)
    throw templateFault("selectattr() and rejectattr() want the name of an attribute");
  const matches = check(rest, args);
  return iterate(input, args.budget).filter(
    (item) => matches(attribute === undefined ? item : dig(item, attribute, args, null)) === how.keep,
  );
}

const COMPARISONS: ReadonlyMap<string, string> = new Map([
  ["equalto", "=="],
  ["eq", "=="],
  ["==", "=="],
  ["ne", "!="],
  ["!=", "!="],
  ["lt", "<"],
  ["<", "<"],
  ["le", "<="],
  ["<=", "<="],
  ["gt", ">"],
  [">", ">"],
  ["ge", ">="],
  [">=", ">="],
  ["in", "in"],
]);

function check([name, operand]: readonly Value[], { budget }: CallArgs): (value: Value) => boolean {
  if (name === undefined) return isTruthy;
  if (typeof name !== "string") throw templateFault("select() and reject() want the name of a test");
  if (name === "defined") return (value) => value !== null;
  const operator = COMPARISONS.get(name);
  if (operator !== undefined && operand !== undefined)
    return (value) => operate(operator, value, operand, budget) === true;
  const simple = CHECKS.get(name);
  if (simple === undefined) throw templateFault(`there is no test "${name}"`, { name });
  return simple;
}

/** Follows `a.b.0` into an item. Only items of dicts and lists are found so, never attributes. */
function dig(item: Value, path: Value, { budget }: CallArgs, fallback?: Value): Value {
  const steps = typeof path === "number" ? [path] : printValue(path, budget).split(".");
  let value: Value | undefined = item;
  for (const step of steps) {
    budget.spend();
    const found = findItem(value, /^\d+$/.test(String(step)) && !isDict(value) ? Number(step) : step, budget);
    value = found === undefined || isMissing(found) ? undefined : found;
    if (value === undefined) break;
  }
  const result = value ?? fallback;
  if (result === undefined) throw templateFault(`an item has no attribute "${printValue(path, budget)}"`);
  return result;
}
