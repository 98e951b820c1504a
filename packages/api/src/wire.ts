import { formatInstant, parseInstant, type Micros } from "@millrace/core";
import { Type, type TSchema, type TUnsafe } from "typebox";

declare const instantBrand: unique symbol;

/** An instant as answers have it: `2025-10-01T00:00:00.000123+00:00`, exact to the microsecond. */
export type Instant = string & { readonly [instantBrand]: true };

/** An answer before it is written and after it is read by code of ours: its instants are {@link Micros}. */
export type Plain<T> = T extends Instant ? Micros : T extends object ? { readonly [Key in keyof T]: Plain<T[Key]> } : T;

/** Schema of an {@link Instant} in an answer. */
export function instant(description?: string): TUnsafe<Instant> {
  return Type.Unsafe<Instant>({
    type: "string",
    format: "date-time",
    ...(description !== undefined && { description }),
  });
}

/** Schema of an instant that a caller gives: ISO 8601; without an offset it is UTC. */
export function instantInput(description?: string): TUnsafe<string> {
  return Type.Unsafe<string>({
    type: "string",
    format: "date-time",
    ...(description !== undefined && { description }),
  });
}

/** Schema of JSON whose type is known and whose parts are not described. */
export function opaque<T>(description: string): TUnsafe<T> {
  return Type.Unsafe<T>({ description });
}

/** Turns a value into what is sent, or back. */
export type Convert = (value: unknown) => unknown;

/** Makes the function that writes answers of a schema: instants as text, and nothing that the schema does not name. */
export function makeEncoder(schema: TSchema): Convert {
  return converter(schema, (at) => (typeof at === "number" ? formatInstant(at) : at)) ?? same;
}

/** Makes the function that reads answers of a schema: instants as {@link Micros}. */
export function makeDecoder(schema: TSchema): Convert {
  return converter(schema, (at) => (typeof at === "string" ? parseInstant(at, "UTC") : at)) ?? same;
}

interface JsonSchema {
  readonly type?: string;
  readonly format?: string;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly items?: TSchema | readonly TSchema[];
  readonly anyOf?: readonly TSchema[];
  readonly patternProperties?: Readonly<Record<string, TSchema>>;
}

const same: Convert = (value) => value;

/** Undefined where every value stays as it is. */
function converter(schema: TSchema, ofInstant: Convert): Convert | undefined {
  const { type, format, properties, items, anyOf, patternProperties } = schema as JsonSchema;
  if (format === "date-time" && type === "string") return ofInstant;
  if (anyOf) return ofUnion(anyOf, ofInstant);
  if (properties) return ofObject(properties, ofInstant);
  if (patternProperties) return ofRecord(patternProperties, ofInstant);
  if (items === undefined || Array.isArray(items)) return undefined;
  const ofItem = converter(items, ofInstant);
  return ofItem && ((value) => (Array.isArray(value) ? value.map(ofItem) : value));
}

function ofObject(properties: Readonly<Record<string, TSchema>>, ofInstant: Convert): Convert {
  const parts = Object.entries(properties).map(([key, part]) => [key, converter(part, ofInstant) ?? same] as const);
  return (value) => {
    if (typeof value !== "object" || value === null) return value;
    const made: Record<string, unknown> = {};
    for (const [key, convert] of parts) {
      const given = (value as Readonly<Record<string, unknown>>)[key];
      if (given !== undefined) made[key] = convert(given);
    }
    return made;
  };
}

function ofRecord(patterns: Readonly<Record<string, TSchema>>, ofInstant: Convert): Convert | undefined {
  const [part] = Object.values(patterns);
  const convert = part && converter(part, ofInstant);
  return (
    convert &&
    ((value) =>
      typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, given]) => [key, convert(given)]))
        : value)
  );
}

/** The branch whose constant properties are those of the value. */
function ofUnion(branches: readonly TSchema[], ofInstant: Convert): Convert | undefined {
  const made = branches.map((branch) => ({ branch: branch, convert: converter(branch, ofInstant) }));
  if (made.every(({ convert }) => convert === undefined)) return undefined;
  return (value) => {
    if (value === null || value === undefined) return value;
    const found = made.find(({ branch }) => fits(branch, value));
    return found?.convert ? found.convert(value) : value;
  };
}

function fits({ type, format, properties = {} }: JsonSchema, value: unknown): boolean {
  if (type === "null") return false;
  if (format === "date-time") return typeof value === "string" || typeof value === "number";
  if (typeof value !== "object" || value === null) return type === typeof value;
  if (type !== "object" && type !== "array") return type === undefined;
  if (Array.isArray(value) !== (type === "array")) return false;
  return Object.entries(properties).every(([key, part]) => {
    const { const: wanted } = part as JsonSchema;
    return wanted === undefined || (value as Readonly<Record<string, unknown>>)[key] === wanted;
  });
}
