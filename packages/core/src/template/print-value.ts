import { formatDateTime, formatTimeDelta, representDateTime } from "./date-time.ts";
import type { Budget } from "./budget.ts";
import { templateFault } from "./template-fault.ts";
import { isDict, isKind, isList, itemsOf, typeName, type Value } from "./template-value.ts";

/** Python changes to an exponent from here on, JavaScript at 1e21. */
const EXPONENT_FROM = 1e16;
/** And below here, JavaScript at 1e-6. */
const EXPONENT_BELOW = 1e-4;

/** How JSON is written. */
export interface JsonStyle {
  readonly indent?: number;
  readonly sortKeys?: boolean;
  /** Everything beyond ASCII as `\u…`. */
  readonly ascii?: boolean;
  /** Also `<`, `>`, `&` and `'`, as Jinja's `tojson` does for HTML. */
  readonly htmlSafe?: boolean;
}

/** `str(value)` of Python. */
export function printValue(value: Value, budget: Budget): string {
  const text =
    typeof value === "string"
      ? value
      : isKind(value, "datetime")
        ? formatDateTime(value, " ")
        : representValue(value, budget);
  budget.spendText(text.length);
  return text;
}

/** `repr(value)` of Python: as inside a printed list. */
export function representValue(value: Value, budget: Budget): string {
  budget.spend();
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value).toString() : printFloat(value);
  if (typeof value === "string") return representText(value, budget);
  if (isList(value))
    return `[${join(
      value.map((item) => representValue(item, budget)),
      budget,
    )}]`;
  if (isDict(value)) {
    return `{${join(
      [...value].map(([key, item]) => `${representValue(key, budget)}: ${representValue(item, budget)}`),
      budget,
    )}}`;
  }
  switch (value.kind) {
    case "float":
      return printFloat(value.value);
    case "tuple":
      return `(${join(
        value.items.map((item) => representValue(item, budget)),
        budget,
      )}${value.items.length === 1 ? "," : ""})`;
    case "datetime":
      return representDateTime(value);
    case "timedelta":
      return formatTimeDelta(value);
    case "callable":
      return `<function ${value.name}>`;
    case "namespace":
      return `<${value.name}>`;
    default:
      throw new Error(`unreachable: ${value satisfies never}`);
  }
}

/** `json.dumps(value)` of Python. @throws MillraceError BAD_TEMPLATE for what JSON does not have. */
export function jsonText(value: Value, budget: Budget, style: JsonStyle = {}): string {
  const text = writeJson(value, { budget, style, depth: 0 });
  budget.spendText(text.length);
  return text;
}

function join(parts: readonly string[], budget: Budget): string {
  budget.spendText(parts.reduce((length, part) => length + part.length + 2, 0));
  return parts.join(", ");
}

function printFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  const size = Math.abs(value);
  if (size !== 0 && (size >= EXPONENT_FROM || size < EXPONENT_BELOW)) return printExponent(value);
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** Python writes at least two digits of exponent. */
function printExponent(value: number): string {
  return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\\", "\\\\"],
]);

function representText(text: string, budget: Budget): string {
  budget.spendText(text.length);
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(
    /[\n\r\t\\]|[\0-\x1f\x7f]/g,
    (sign) => ESCAPES.get(sign) ?? `\\x${sign.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return `${quote}${quote === "'" ? escaped.replaceAll("'", "\\'") : escaped}${quote}`;
}

interface JsonPlace {
  readonly budget: Budget;
  readonly style: JsonStyle;
  readonly depth: number;
}

function writeJson(value: Value, place: JsonPlace): string {
  place.budget.spend();
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return jsonString(value, place);
  if (typeof value === "number" || isKind(value, "float")) {
    const text = representValue(value, place.budget);
    if (/^-?(nan|inf)$/.test(text)) throw templateFault(`${text} cannot be written as JSON`);
    return text;
  }
  const inner = { ...place, depth: place.depth + 1 };
  const items = itemsOf(value);
  if (items !== undefined)
    return enclose(
      "[]",
      items.map((item) => writeJson(item, inner)),
      place,
    );
  if (!isDict(value)) throw templateFault(`a ${typeName(value)} cannot be written as JSON; print it as text first`);
  const entries = [...value].map(([key, item]): [string, string] => [
    jsonString(printValue(key, place.budget), place),
    writeJson(item, inner),
  ]);
  if (place.style.sortKeys === true) entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return enclose(
    "{}",
    entries.map(([key, item]) => `${key}: ${item}`),
    place,
  );
}

function enclose(brackets: string, parts: readonly string[], { style, depth, budget }: JsonPlace): string {
  const [open, close] = brackets as unknown as readonly [string, string];
  const indent = style.indent ?? 0;
  budget.spendText(parts.reduce((length, part) => length + part.length + 2 + indent * (depth + 1), 0));
  if (indent === 0 || parts.length === 0) return open + parts.join(", ") + close;
  const pad = "\n" + " ".repeat(indent * (depth + 1));
  return `${open}${pad}${parts.join(`,${pad}`)}\n${" ".repeat(indent * depth)}${close}`;
}

function jsonString(text: string, { style, budget }: JsonPlace): string {
  budget.spendText(text.length);
  let json = JSON.stringify(text);
  if (style.ascii === true) json = json.replace(/[\x7f-\uffff]/g, unicodeEscape);
  return style.htmlSafe === true ? json.replace(/[<>&']/g, unicodeEscape) : json;
}

function unicodeEscape(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
