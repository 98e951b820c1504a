import { MillraceError } from "../errors.ts";
import { isPlainObject } from "./plain-object.ts";
import { isSecret } from "./secret.ts";
import { findValueKind } from "./value-kinds.ts";

/** Beyond this depth the quick check gives up and the careful walk, which knows cycles, decides. */
const QUICK_DEPTH = 200;
/** Deepest nesting that can be stored; JSON parsers of other programs stop at about this depth too. */
const MAX_DEPTH = 1000;

/** A value as text: what is kept in the store and read by SQL and API clients. */
export interface EncodedValue {
  /** Plain JSON. A Date is its ISO string, a bigint its digits, a Map its list of pairs, a Set its list, bytes are base64. */
  readonly json: string;
  /** JSON that says which places of `json` to restore to what; absent when `json` says it all. */
  readonly meta?: string;
}

/** What {@link encodeValue} may be told. */
export interface EncodeOptions {
  /** What the message calls the value itself. Default `"result"`. */
  readonly name?: string;
}

/**
 * Writes a value as JSON text beside the notes that {@link decodeValue} needs to restore it.
 *
 * Beyond JSON it keeps `undefined`, NaN, ±Infinity, −0, bigint, Date, Map, Set, RegExp, URL, ArrayBuffer, typed arrays and
 * Temporal values. Instances of classes without methods come back as plain objects, references to one object from several
 * places as several objects, holes of an array as `undefined`, a Buffer as Uint8Array.
 *
 * @throws MillraceError NOT_STORABLE for functions, symbols, secrets, promises, cycles, class instances with methods and
 *   nesting deeper than 1000. The message names the place (`result.rows[3].callback is a function`), `details.path` too.
 */
export function encodeValue(value: unknown, options: EncodeOptions = {}): EncodedValue {
  if (isPlainJson(value, 0)) return { json: JSON.stringify(value) };
  const { plain, meta } = walk(value, { path: [options.name ?? "result"], ancestors: new Set() });
  const json = JSON.stringify(plain);
  return meta === undefined ? { json } : { json, meta };
}

/** The quick check: true when JSON.stringify alone writes the value without loss. */
function isPlainJson(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return value === 0 ? 1 / value > 0 : Number.isFinite(value);
    case "object":
      if (value === null) return true;
      return depth < QUICK_DEPTH && (Array.isArray(value) ? isPlainArray(value, depth) : isPlainRecord(value, depth));
    default:
      return false;
  }
}

function isPlainArray(array: readonly unknown[], depth: number): boolean {
  for (let i = 0; i < array.length; i++) if (!isPlainJson(array[i], depth + 1)) return false;
  return true;
}

function isPlainRecord(record: object, depth: number): boolean {
  const proto: unknown = Object.getPrototypeOf(record);
  if (proto !== Object.prototype && proto !== null) return false;
  for (const key in record) if (!isPlainJson((record as Record<string, unknown>)[key], depth + 1)) return false;
  return Object.getOwnPropertySymbols(record).length === 0;
}

interface Place {
  readonly path: (string | number)[];
  readonly ancestors: Set<object>;
}

/** A value in plain JSON with the JSON text of its notes (grammar in decode-value.ts). */
interface Walked {
  readonly plain: unknown;
  readonly meta: string | undefined;
}

function walk(value: unknown, place: Place): Walked {
  const kind = findValueKind(value);
  if (kind !== undefined) {
    const written = kind.write(value as never);
    const name = JSON.stringify(kind.name);
    if (!Array.isArray(written)) return { plain: written, meta: name };
    const inner = within(value as object, place, () => walkArray(written, place));
    return { plain: inner.plain, meta: inner.meta === undefined ? name : `{"kind":${name},${inner.meta.slice(1)}` };
  }
  if (typeof value === "function" || typeof value === "symbol") throw notStorable(place, `is a ${typeof value}`);
  if (typeof value !== "object" || value === null) return { plain: value, meta: undefined };
  if (Array.isArray(value)) return within(value, place, () => walkArray(value, place));
  if (isSecret(value)) throw notStorable(place, "is a secret; store the id of its connection or variable");
  if (!isPlainObject(value)) throw notStorable(place, describeInstance(value));
  return within(value, place, () => walkRecord(value, place));
}

function within(value: object, place: Place, body: () => Walked): Walked {
  if (place.ancestors.has(value)) throw notStorable(place, "refers back to a value that contains it (a cycle)");
  if (place.ancestors.size >= MAX_DEPTH) throw notStorable(place, `is nested deeper than ${MAX_DEPTH} levels`);
  place.ancestors.add(value);
  const walked = body();
  place.ancestors.delete(value);
  return walked;
}

function walkArray(array: readonly unknown[], place: Place): Walked {
  const plain: unknown[] = [];
  const notes: [number, string][] = [];
  for (let i = 0; i < array.length; i++) {
    const item = walkMember(array[i], i, place);
    plain.push(item.plain);
    if (item.meta !== undefined) notes.push([i, item.meta]);
  }
  return { plain, meta: arrayMeta(notes, array.length) };
}

/** Rows of one shape have one note for all: a thousand dated rows would otherwise carry a thousand equal notes. */
function arrayMeta(notes: readonly (readonly [number, string])[], length: number): string | undefined {
  const first = notes[0];
  if (first === undefined) return undefined;
  const isUniform = length > 1 && notes.length === length && notes.every(([, note]) => note === first[1]);
  return isUniform ? `{"each":${first[1]}}` : `{"at":[${notes.map(([i, note]) => `[${i},${note}]`).join()}]}`;
}

function walkRecord(record: Readonly<Record<string, unknown>>, place: Place): Walked {
  const plain: Record<string, unknown> = {};
  const notes: string[] = [];
  for (const key of Object.keys(record)) {
    const member = walkMember(record[key], key, place);
    if (key === "__proto__") defineOwn(plain, key, member.plain);
    else plain[key] = member.plain;
    if (member.meta !== undefined) notes.push(`[${JSON.stringify(key)},${member.meta}]`);
  }
  const [symbol] = Object.getOwnPropertySymbols(record);
  if (symbol !== undefined) throw notStorable(place, `has the key ${String(symbol)}; only text can be a key`);
  return { plain, meta: notes.length === 0 ? undefined : `{"at":[${notes.join()}]}` };
}

/** Assigning to `__proto__` would set the prototype and lose the key. */
function defineOwn(record: object, key: string, value: unknown): void {
  Object.defineProperty(record, key, { value, enumerable: true });
}

function walkMember(value: unknown, key: string | number, place: Place): Walked {
  place.path.push(key);
  const walked = walk(value, place);
  place.path.pop();
  return walked;
}

function describeInstance(value: object): string {
  if (value instanceof Promise || ("then" in value && typeof value.then === "function"))
    return "is a promise; await it before returning it";
  if (value instanceof Error) return `is an error (${value.name}); return its message, or throw it`;
  const constructor: unknown = value.constructor;
  const name = typeof constructor === "function" && constructor.name !== "" ? constructor.name : "a class";
  return `is an instance of ${name}; return plain data made from it`;
}

function notStorable(place: Place, what: string): MillraceError {
  const path = place.path.map(pathStep).join("");
  return new MillraceError("NOT_STORABLE", `${path} ${what}`, { details: { path } });
}

function pathStep(step: string | number, index: number): string {
  if (index === 0) return String(step);
  if (typeof step === "number") return `[${step}]`;
  return /^[A-Za-z_$][\w$]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}
