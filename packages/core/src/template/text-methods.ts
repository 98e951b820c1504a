import type { Budget } from "./budget.ts";
import { ArgReader } from "./call-args.ts";
import { templateFault } from "./template-fault.ts";
import { itemsOf, tuple, typeName, type CallArgs, type Value } from "./template-value.ts";

type TextMethod = (text: string, args: CallArgs) => Value;

const strip = (name: string, sides: { readonly start: boolean; readonly end: boolean }): [string, TextMethod] => [
  name,
  (text, args) => stripText(text, sides, new ArgReader(name, args, ["chars"]).find("chars")),
];

const plain = (name: string, write: (text: string) => Value): [string, TextMethod] => [
  name,
  (text, args) => {
    new ArgReader(name, args, []);
    return write(text);
  },
];

const justify = (name: string, write: (text: string, width: number, fill: string) => string): [string, TextMethod] => [
  name,
  (text, args) => {
    const read = new ArgReader(name, args, ["width", "fillchar"]);
    const width = read.integer("width");
    args.budget.spendText(width);
    return write(text, width, read.text("fillchar", " "));
  },
];

/** Methods of texts, as far as they make sense in a template. `format` is not among them: its mini language reads attributes. */
export const TEXT_METHODS: ReadonlyMap<string, TextMethod> = new Map<string, TextMethod>([
  plain("upper", (text) => text.toUpperCase()),
  plain("lower", (text) => text.toLowerCase()),
  plain("title", titleCase),
  plain("capitalize", capitalize),
  plain("swapcase", (text) =>
    text.replace(/\p{L}/gu, (letter) =>
      letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase(),
    ),
  ),
  plain("isdigit", (text) => /^\p{Nd}+$/u.test(text)),
  plain("isalpha", (text) => /^\p{L}+$/u.test(text)),
  plain("isalnum", (text) => /^[\p{L}\p{N}]+$/u.test(text)),
  plain("isupper", (text) => text === text.toUpperCase() && text !== text.toLowerCase()),
  plain("islower", (text) => text === text.toLowerCase() && text !== text.toUpperCase()),
  plain("splitlines", (text) => text.replace(/\r?\n$/, "").split(/\r?\n/)),
  strip("strip", { start: true, end: true }),
  strip("lstrip", { start: true, end: false }),
  strip("rstrip", { start: false, end: true }),
  justify("ljust", (text, width, fill) => text.padEnd(width, fill)),
  justify("rjust", (text, width, fill) => text.padStart(width, fill)),
  justify("zfill", (text, width) =>
    text.replace(/^([+-]?)(.*)$/s, (_, sign: string, rest: string) => sign + rest.padStart(width - sign.length, "0")),
  ),
  ["startswith", (text, args) => affixes("startswith", args).some((affix) => text.startsWith(affix))],
  ["endswith", (text, args) => affixes("endswith", args).some((affix) => text.endsWith(affix))],
  [
    "removeprefix",
    (text, args) => removeAffix(text, new ArgReader("removeprefix", args, ["prefix"]).text("prefix"), true),
  ],
  [
    "removesuffix",
    (text, args) => removeAffix(text, new ArgReader("removesuffix", args, ["suffix"]).text("suffix"), false),
  ],
  ["find", (text, args) => text.indexOf(new ArgReader("find", args, ["sub"]).text("sub"))],
  ["count", (text, args) => countOf(text, new ArgReader("count", args, ["sub"]).text("sub"))],
  ["split", (text, args) => split("split", text, args)],
  ["rsplit", (text, args) => split("rsplit", text, args)],
  ["partition", (text, args) => partition(text, new ArgReader("partition", args, ["sep"]).text("sep"))],
  ["join", (text, args) => joinTexts(new ArgReader("join", args, ["items"]).get("items"), text, args.budget)],
  [
    "replace",
    (text, args) => {
      const read = new ArgReader("replace", args, ["old", "new", "count"]);
      return replaceText(
        text,
        { from: read.text("old"), to: read.text("new"), count: read.integer("count", -1) },
        args.budget,
      );
    },
  ],
]);

/** `text.title()` of Python. */
export function titleCase(text: string): string {
  return text.replace(/\p{L}+/gu, capitalize);
}

/** `text.capitalize()` of Python. */
export function capitalize(text: string): string {
  const [first = ""] = text;
  return first.toUpperCase() + text.slice(first.length).toLowerCase();
}

/** `text.replace(from, to, count)`; a negative count means all. The length is known before anything is built. */
export function replaceText(
  text: string,
  what: { readonly from: string; readonly to: string; readonly count: number },
  budget: Budget,
): string {
  const pieces = what.from === "" ? ["", ...text, ""] : text.split(what.from);
  const times = what.count < 0 ? pieces.length - 1 : Math.min(what.count, pieces.length - 1);
  budget.spendText(text.length + times * what.to.length);
  const replaced = pieces.slice(0, times + 1).join(what.to);
  return times === pieces.length - 1 ? replaced : [replaced, ...pieces.slice(times + 1)].join(what.from);
}

/** `separator.join(items)`. */
export function joinTexts(items: Value, separator: string, budget: Budget): string {
  const texts = itemsOf(items);
  if (texts === undefined) throw templateFault(`join() wants a list, not a ${typeName(items)}`);
  const isText = texts.every((text) => typeof text === "string");
  if (!isText) throw templateFault("join() wants a list of texts; one is none");
  budget.spendText(texts.reduce((length, text) => length + text.length + separator.length, 0));
  return texts.join(separator);
}

function stripText(
  text: string,
  { start, end }: { readonly start: boolean; readonly end: boolean },
  chars: Value | undefined,
): string {
  if (chars !== undefined && chars !== null && typeof chars !== "string")
    throw templateFault(`strip() wants text, not a ${typeName(chars)}`);
  const isStripped = (sign: string): boolean => (typeof chars === "string" ? chars.includes(sign) : /\s/.test(sign));
  let from = 0;
  let to = text.length;
  while (start && from < to && isStripped(text[from])) from++;
  while (end && to > from && isStripped(text[to - 1])) to--;
  return text.slice(from, to);
}

function affixes(who: string, args: CallArgs): readonly string[] {
  const given = new ArgReader(who, args, ["affix"]).get("affix");
  const texts = typeof given === "string" ? [given] : itemsOf(given);
  if (texts === undefined || !texts.every((text) => typeof text === "string"))
    throw templateFault(`${who}() wants text or a tuple of texts`);
  return texts;
}

function removeAffix(text: string, affix: string, isPrefix: boolean): string {
  if (affix === "") return text;
  if (isPrefix) return text.startsWith(affix) ? text.slice(affix.length) : text;
  return text.endsWith(affix) ? text.slice(0, -affix.length) : text;
}

function countOf(text: string, part: string): number {
  return part === "" ? [...text].length + 1 : text.split(part).length - 1;
}

function split(who: "split" | "rsplit", text: string, args: CallArgs): readonly string[] {
  const read = new ArgReader(who, args, ["sep", "maxsplit"]);
  const separator = read.find("sep") ?? null;
  const most = read.integer("maxsplit", -1);
  if (separator === "") throw templateFault(`${who}() wants a separator that is not empty`);
  const parts =
    separator === null
      ? text
          .trim()
          .split(/\s+/)
          .filter((part) => part !== "")
      : text.split(read.text("sep"));
  args.budget.spendItems(parts.length);
  if (most < 0 || parts.length <= most + 1) return parts;
  if (separator === null) throw templateFault(`${who}() with maxsplit wants a separator`);
  const glue = read.text("sep");
  return who === "split"
    ? [...parts.slice(0, most), parts.slice(most).join(glue)]
    : [parts.slice(0, parts.length - most).join(glue), ...parts.slice(parts.length - most)];
}

function partition(text: string, separator: string): Value {
  const at = text.indexOf(separator);
  return at < 0 ? tuple([text, "", ""]) : tuple([text.slice(0, at), separator, text.slice(at + separator.length)]);
}
