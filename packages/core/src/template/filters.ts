import { ArgReader } from "./call-args.ts";
import { dateTime, formatDateTime, formatOffset, wallOf } from "./date-time.ts";
import { formatPercent } from "./format-percent.ts";
import { LIST_FILTERS, mapFilter, type Filter } from "./list-filters.ts";
import { nearName } from "./near-name.ts";
import { jsonText, printValue } from "./print-value.ts";
import { strftime } from "./strftime.ts";
import { templateFault } from "./template-fault.ts";
import { capitalize, replaceText, titleCase } from "./text-methods.ts";
import {
  float,
  isFloat,
  isKind,
  numberOf,
  tuple,
  typeName,
  type CallArgs,
  type DateTime,
  type Value,
} from "./template-value.ts";

const onText =
  (write: (text: string) => string): Filter =>
  (input, { budget }) =>
    write(printValue(input, budget));

/** Filters of Airflow: a datetime in a fixed form; None stays None. */
const onTime =
  (name: string, write: (value: DateTime) => string): Filter =>
  (input) => {
    if (input === null) return null;
    if (!isKind(input, "datetime"))
      throw templateFault(`the filter "${name}" wants a datetime, not a ${typeName(input)}`);
    return write(input);
  };

const FILTERS: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ...LIST_FILTERS,
  ["map", mapFilter(findFilter)],
  ["upper", onText((text) => text.toUpperCase())],
  ["lower", onText((text) => text.toLowerCase())],
  ["title", onText(titleCase)],
  ["capitalize", onText(capitalize)],
  ["trim", onText((text) => text.trim())],
  ["string", onText((text) => text)],
  ["safe", (input) => input],
  ["escape", onText(escapeHtml)],
  ["e", onText(escapeHtml)],
  ["urlencode", onText((text) => encodeURIComponent(text.toWellFormed()).replaceAll("%2F", "/"))],
  ["replace", replace],
  ["indent", indent],
  ["truncate", truncate],
  ["format", (input, args) => formatPercent(printValue(input, args.budget), tuple(args.positional), args.budget)],
  ["int", toInteger],
  ["float", toFloat],
  ["abs", (input) => (isFloat(input) ? float(Math.abs(need("abs", input))) : Math.abs(need("abs", input)))],
  ["round", round],
  ["tojson", toJson],
  ["ds", onTime("ds", (value) => strftime(value, "%Y-%m-%d"))],
  ["ds_nodash", onTime("ds_nodash", (value) => strftime(value, "%Y%m%d"))],
  ["ts", onTime("ts", (value) => formatDateTime(value))],
  ["ts_nodash", onTime("ts_nodash", (value) => strftime(value, "%Y%m%dT%H%M%S"))],
  [
    "ts_nodash_with_tz",
    onTime(
      "ts_nodash_with_tz",
      (value) => formatDateTime(dateTime(wallOf(value), undefined)).replace(/[-:]/g, "") + formatOffset(value, ""),
    ),
  ],
]);

/** The filter of that name. `default` is not among them: it sees what is not defined, so the interpreter does it. @throws MillraceError BAD_TEMPLATE */
export function findFilter(name: string): Filter {
  const filter = FILTERS.get(name);
  if (filter !== undefined) return filter;
  const near = nearName(name, [...FILTERS.keys(), "default"]);
  throw templateFault(`there is no filter "${name}"${near === undefined ? "" : `; did you mean "${near}"?`}`, { name });
}

function need(name: string, input: Value): number {
  const number = numberOf(input);
  if (number === undefined) throw templateFault(`the filter "${name}" wants a number, not a ${typeName(input)}`);
  return number;
}

function escapeHtml(text: string): string {
  const names = new Map([
    ["&", "&amp;"],
    ["<", "&lt;"],
    [">", "&gt;"],
    ['"', "&#34;"],
    ["'", "&#39;"],
  ]);
  return text.replace(/[&<>"']/g, (sign) => names.get(sign) as string);
}

function replace(input: Value, args: CallArgs): Value {
  const read = new ArgReader("replace", args, ["old", "new", "count"]);
  const what = { from: read.text("old"), to: read.text("new"), count: read.integer("count", -1) };
  return replaceText(printValue(input, args.budget), what, args.budget);
}

function indent(input: Value, args: CallArgs): Value {
  const read = new ArgReader("indent", args, ["width", "first", "blank"]);
  const width = read.find("width") ?? 4;
  const lines = printValue(input, args.budget).split("\n");
  if (typeof width === "number") args.budget.spendText(width * lines.length);
  const pad = typeof width === "string" ? width : " ".repeat(Math.max(0, read.integer("width", 4)));
  args.budget.spendText(pad.length * lines.length);
  return lines
    .map((line, i) =>
      (i === 0 ? read.flag("first", false) : line !== "" || read.flag("blank", false)) ? pad + line : line,
    )
    .join("\n");
}

function truncate(input: Value, args: CallArgs): Value {
  const read = new ArgReader("truncate", args, ["length", "killwords", "end", "leeway"]);
  const length = read.integer("length", 255);
  const end = read.text("end", "...");
  const text = printValue(input, args.budget);
  if (text.length <= length + read.integer("leeway", 5)) return text;
  const cut = text.slice(0, Math.max(0, length - end.length));
  const word = cut.lastIndexOf(" ");
  return (read.flag("killwords", false) || word < 0 ? cut : cut.slice(0, word)) + end;
}

function toInteger(input: Value, args: CallArgs): Value {
  const read = new ArgReader("int", args, ["default", "base"]);
  const number = numberOf(input) ?? parseInteger(input, read.integer("base", 10));
  return number === undefined || !Number.isFinite(number) ? (read.find("default") ?? 0) : Math.trunc(number) || 0;
}

function parseInteger(input: Value, base: number): number | undefined {
  if (typeof input !== "string" || base < 2 || base > 36) return undefined;
  const text = input.trim();
  if (base === 10) return /^[+-]?\d+(?:\.\d*)?(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
  return /^[+-]?\w+$/.test(text) ? Number.parseInt(text, base) : undefined;
}

function toFloat(input: Value, args: CallArgs): Value {
  const fallback = new ArgReader("float", args, ["default"]).find("default") ?? float(0);
  const text = typeof input === "string" ? input.trim() : "";
  const number = numberOf(input) ?? (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined);
  return number === undefined ? fallback : float(number);
}

function round(input: Value, args: CallArgs): Value {
  const read = new ArgReader("round", args, ["precision", "method"]);
  const factor = 10 ** read.integer("precision", 0);
  const method = read.text("method", "common");
  const scaled = need("round", input) * factor;
  if (method === "ceil") return float(Math.ceil(scaled) / factor);
  return float((method === "floor" ? Math.floor(scaled) : roundHalfEven(scaled)) / factor);
}

/** Python rounds halves to the even neighbour. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

function toJson(input: Value, args: CallArgs): Value {
  const indentation = new ArgReader("tojson", args, ["indent"]).integer("indent", 0);
  args.budget.spendText(indentation);
  return jsonText(input, args.budget, { indent: indentation, sortKeys: true, htmlSafe: true, ascii: true });
}
