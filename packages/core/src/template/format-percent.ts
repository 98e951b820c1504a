import type { Budget } from "./budget.ts";
import { printValue, representValue } from "./print-value.ts";
import { templateFault } from "./template-fault.ts";
import { isDict, isKind, numberOf, typeName, type Value } from "./template-value.ts";

const DIRECTIVE = /%(?:\((\w+)\))?([-+0 ]*)(\d*)(?:\.(\d+))?([^]?)/g;
const WIDEST = 1000;
const MOST_PRECISE = 100;

/** `format % values` of Python, for the directives `s r d i f x X o %`. @throws MillraceError BAD_TEMPLATE */
export function formatPercent(format: string, values: Value, budget: Budget): string {
  const items = isKind(values, "tuple") ? values.items : [values];
  let next = 0;
  const take = (key: string | undefined): Value => {
    if (key !== undefined) return takeNamed(values, key);
    const item = items[next++];
    if (item === undefined) throw templateFault(`"${format}" wants more values than it got`);
    return item;
  };
  let length = 0;
  const text = format.replace(DIRECTIVE, (directive, ...found: (string | undefined)[]) => {
    const [key, flags = "", width = "", precision, letter = ""] = found;
    if (letter === "%") return "%";
    if (Number(width) > WIDEST || Number(precision ?? 0) > MOST_PRECISE)
      throw templateFault(`"${directive}" is too wide`);
    const written = padTo(write({ directive, letter, precision }, take(key), budget), flags, Number(width));
    length += written.length;
    budget.spendText(length);
    return written;
  });
  if (next < items.length && !isDict(values)) throw templateFault(`"${format}" wants fewer values than it got`);
  return text;
}

interface Directive {
  readonly directive: string;
  readonly letter: string;
  readonly precision: string | undefined;
}

function takeNamed(values: Value, key: string): Value {
  const item = isDict(values) ? values.get(key) : undefined;
  if (item === undefined) throw templateFault(`there is no value for "%(${key})"`, { name: key });
  return item;
}

function write({ directive, letter, precision }: Directive, value: Value, budget: Budget): string {
  if (letter === "s" || letter === "r") {
    const text = letter === "s" ? printValue(value, budget) : representValue(value, budget);
    return precision === undefined ? text : text.slice(0, Number(precision));
  }
  const number = numberOf(value);
  if (!"difxXo".includes(letter) || letter === "") throw templateFault(`"${directive}" is not known`);
  if (number === undefined) throw templateFault(`"${directive}" wants a number, not a ${typeName(value)}`);
  switch (letter) {
    case "f":
      return toFixedHalfEven(number, Number(precision ?? 6));
    case "x":
      return Math.trunc(number).toString(16);
    case "X":
      return Math.trunc(number).toString(16).toUpperCase();
    case "o":
      return Math.trunc(number).toString(8);
    default:
      return String(Math.trunc(number));
  }
}

/** JavaScript rounds an exact half up, Python to the even neighbour. */
function toFixedHalfEven(number: number, precision: number): string {
  const exact = number.toFixed(MOST_PRECISE);
  const end = exact.indexOf(".") + 1 + precision;
  if (!/^50*$/.test(exact.slice(end))) return number.toFixed(precision);
  const kept = exact.slice(0, precision === 0 ? end - 1 : end);
  return /[02468]$/.test(kept) ? kept : number.toFixed(precision);
}

function padTo(text: string, flags: string, width: number): string {
  const isNumber = /^-?\d/.test(text);
  const plus = flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  const signed = isNumber && !text.startsWith("-") ? plus + text : text;
  if (flags.includes("-")) return signed.padEnd(width);
  if (!flags.includes("0") || !isNumber) return signed.padStart(width);
  const sign = /^[+\- ]/.exec(signed)?.[0] ?? "";
  return sign + signed.slice(sign.length).padStart(width - sign.length, "0");
}
