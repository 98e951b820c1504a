import type { Field } from "./param-fields.model.ts";
import { listOf, numberOf, typeOfValue, typesOf, type Schema } from "./schema-keywords.model.ts";

/** What a field holds while it is filled in: text as it is typed, a switch, or several choices by their keys. */
export type Draft = string | boolean | readonly string[];

/** What a draft means. `empty`: nothing was given. */
export type ReadDraft =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "empty" }
  | { readonly kind: "fault"; readonly fault: string };

/** Sentences about what does not fit, in the server's words. */
const FAULTS = {
  required: "is required",
  number: "must be a number",
  json: "must be JSON",
} as const;

/** What a field holds for a value; undefined is nothing. */
export function draftOf({ kind }: Field, value: unknown): Draft {
  switch (kind.kind) {
    case "boolean":
      return value === true;
    case "choice":
      return value === undefined || value === null ? "" : JSON.stringify(value);
    case "choices":
      return Array.isArray(value) ? value.map((each) => JSON.stringify(each)) : [];
    case "lines":
      return Array.isArray(value) ? value.map(plainText).join("\n") : "";
    case "json":
      return value === undefined || value === null ? "" : JSON.stringify(value, undefined, 2);
    case "hidden":
      return "";
    case "text":
    case "multiline":
    case "secret":
    case "number":
    case "date":
    case "dateTime":
    case "time":
      return value === undefined || value === null ? "" : plainText(value);
    default:
      throw new Error(`unreachable: ${JSON.stringify(kind satisfies never)}`);
  }
}

function plainText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What a draft means as a value of its field, and whether that fits the schema. The server checks again, and more. */
export function readDraft(field: Field, draft: Draft): ReadDraft {
  const read = parse(field, draft);
  if (read.kind === "empty") {
    if (field.isNullable) return { kind: "value", value: null };
    // An empty text may be meant: where it is the default, or nothing forbids it.
    if (field.isRequired && isPlainText(field) && field.default === "") return check(field.schema, "");
    return field.isRequired ? { kind: "fault", fault: FAULTS.required } : read;
  }
  return read.kind === "value" ? check(field.schema, read.value) : read;
}

function isPlainText({ kind }: Field): boolean {
  return kind.kind === "text" || kind.kind === "multiline";
}

function parse({ kind, schema }: Field, draft: Draft): ReadDraft {
  switch (kind.kind) {
    case "hidden":
      return { kind: "value", value: schema["const"] };
    case "boolean":
      return { kind: "value", value: draft === true };
    case "choices":
      return { kind: "value", value: (draft as readonly string[]).map((key) => JSON.parse(key) as unknown) };
    case "lines":
      return { kind: "value", value: linesOf(draft as string) };
    case "choice":
    case "json":
      return draft === "" ? { kind: "empty" } : parseJson(draft as string);
    case "number": {
      const text = (draft as string).trim();
      if (text === "") return { kind: "empty" };
      return Number.isFinite(Number(text))
        ? { kind: "value", value: Number(text) }
        : { kind: "fault", fault: FAULTS.number };
    }
    case "text":
    case "multiline":
    case "secret":
    case "date":
    case "dateTime":
    case "time":
      return draft === "" ? { kind: "empty" } : { kind: "value", value: draft };
    default:
      throw new Error(`unreachable: ${JSON.stringify(kind satisfies never)}`);
  }
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

function parseJson(text: string): ReadDraft {
  try {
    return { kind: "value", value: JSON.parse(text) as unknown };
  } catch (error) {
    return { kind: "fault", fault: `${FAULTS.json}: ${(error as Error).message}` };
  }
}

function check(schema: Schema, value: unknown): ReadDraft {
  const fault = findFault(schema, value);
  return fault === undefined ? { kind: "value", value } : { kind: "fault", fault };
}

/** What is wrong with a value: the rules that people break most; undefined when none is broken. */
function findFault(schema: Schema, value: unknown): string | undefined {
  const types = typesOf(schema);
  if (types.length > 0 && !types.some((type) => isOfType(type, value))) return `must be ${types.join(" or ")}`;
  const options = listOf(schema, "enum");
  if (options && !options.some((option) => JSON.stringify(option) === JSON.stringify(value)))
    return `must be one of ${options.map((option) => JSON.stringify(option)).join(", ")}`;
  if (typeof value === "number") return findNumberFault(schema, value);
  if (typeof value === "string") return findTextFault(schema, value);
  if (!Array.isArray(value)) return undefined;
  const [least, most] = [numberOf(schema, "minItems"), numberOf(schema, "maxItems")];
  if (least !== undefined && value.length < least) return `must NOT have fewer than ${least} items`;
  return most !== undefined && value.length > most ? `must NOT have more than ${most} items` : undefined;
}

function isOfType(type: string, value: unknown): boolean {
  if (type === "integer") return Number.isInteger(value);
  return type === typeOfValue(value);
}

function findNumberFault(schema: Schema, value: number): string | undefined {
  const step = numberOf(schema, "multipleOf");
  const broken = (
    [
      ["minimum", ">=", (limit: number) => value >= limit],
      ["maximum", "<=", (limit: number) => value <= limit],
      ["exclusiveMinimum", ">", (limit: number) => value > limit],
      ["exclusiveMaximum", "<", (limit: number) => value < limit],
    ] as const
  ).find(([keyword, , fits]) => {
    const limit = numberOf(schema, keyword);
    return limit !== undefined && !fits(limit);
  });
  if (broken) return `must be ${broken[1]} ${numberOf(schema, broken[0])}`;
  const isMultiple = step === undefined || Math.abs(value / step - Math.round(value / step)) < 1e-9;
  return isMultiple ? undefined : `must be multiple of ${step}`;
}

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && isRealDay(text),
  "date-time": (text) => /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}(:?\d{2})?)$/.test(text),
  time: (text) => /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]\d{2}(:?\d{2})?)?$/.test(text),
  email: (text) => /^[^@\s]+@[^@\s]+$/.test(text),
  uri: (text) => /^[a-z][a-z0-9+.-]*:\S/i.test(text),
};

function findTextFault(schema: Schema, value: string): string | undefined {
  const [least, most] = [numberOf(schema, "minLength"), numberOf(schema, "maxLength")];
  const { length } = [...value];
  if (least !== undefined && length < least) return `must NOT have fewer than ${least} characters`;
  if (most !== undefined && length > most) return `must NOT have more than ${most} characters`;
  const { pattern, format } = schema;
  if (typeof pattern === "string" && !matches(pattern, value)) return `must match pattern "${pattern}"`;
  const fits = typeof format === "string" ? FORMATS[format] : undefined;
  return fits && !fits(value) ? `must match format "${String(format)}"` : undefined;
}

/** A day that the calendar does not have is moved on by Date: then it is another text. */
function isRealDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** A pattern that this browser does not know is the server's to judge. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, "u").test(value);
  } catch {
    return true;
  }
}
