import { Temporal } from "temporal-polyfill";
import { bytesToBase64, base64ToBytes } from "./base64.ts";

/** How one kind of value that JSON does not know is written in the `json` half and read back. */
export interface ValueKind {
  /** Name in the `meta` half. Part of the stored format: never rename. */
  readonly name: string;
  /** The JSON value that SQL and API clients see. */
  readonly write: (value: never) => unknown;
  readonly read: (written: never) => unknown;
}

const kind = <T, W>(name: string, write: (value: T) => W, read: (written: W) => T): ValueKind => ({
  name,
  write,
  read,
});

const NUMBERS: Readonly<Record<string, number>> = { NaN, Infinity, "-Infinity": -Infinity };

const UNDEFINED = kind<undefined, null>(
  "undefined",
  () => null,
  () => undefined,
);
const BIGINT = kind<bigint, string>("bigint", String, BigInt);
const NUMBER = kind<number, string>("number", String, (text) => NUMBERS[text]);
const NEGATIVE_ZERO = kind<number, number>(
  "-0",
  () => 0,
  () => -0,
);
const DATE = kind<Date, string | null>(
  "Date",
  (date) => (Number.isNaN(date.getTime()) ? null : date.toISOString()),
  (text) => new Date(text ?? Number.NaN),
);
const URL_KIND = kind<URL, string>(
  "URL",
  (url) => url.href,
  (href) => new URL(href),
);
const REG_EXP = kind<RegExp, string>("RegExp", String, readRegExp);
/** Maps and sets are walked by the encoder: their elements may be of any kind. */
const MAP = kind<Map<unknown, unknown>, [unknown, unknown][]>(
  "Map",
  (map) => [...map],
  (pairs) => new Map(pairs),
);
const SET = kind<Set<unknown>, unknown[]>(
  "Set",
  (set) => [...set],
  (items) => new Set(items),
);
const ARRAY_BUFFER = kind<ArrayBuffer, string>(
  "ArrayBuffer",
  (buffer) => bytesToBase64(new Uint8Array(buffer)),
  (text) => base64ToBytes(text).buffer,
);

const BYTE_VIEWS = new Map<string, ValueKind>(
  [
    Uint8Array,
    Uint8ClampedArray,
    Int8Array,
    Uint16Array,
    Int16Array,
    Uint32Array,
    Int32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    DataView,
  ].map((view) => [
    view.name,
    kind<ArrayBufferView, string>(
      view.name,
      ({ buffer, byteOffset, byteLength }) => bytesToBase64(new Uint8Array(buffer, byteOffset, byteLength)),
      (text) => new (view as new (buffer: ArrayBuffer) => ArrayBufferView)(base64ToBytes(text).buffer),
    ),
  ]),
);

const TEMPORAL = new Map<string, ValueKind>(
  (
    [
      "Instant",
      "ZonedDateTime",
      "PlainDate",
      "PlainTime",
      "PlainDateTime",
      "PlainYearMonth",
      "PlainMonthDay",
      "Duration",
    ] as const
  ).map((type) => [
    `Temporal.${type}`,
    kind<object, string>(`Temporal.${type}`, String, (text) => Temporal[type].from(text)),
  ]),
);

const BY_NAME = new Map<string, ValueKind>(
  [
    UNDEFINED,
    BIGINT,
    NUMBER,
    NEGATIVE_ZERO,
    DATE,
    URL_KIND,
    REG_EXP,
    MAP,
    SET,
    ARRAY_BUFFER,
    ...BYTE_VIEWS.values(),
    ...TEMPORAL.values(),
  ].map((known) => [known.name, known]),
);

/** The kind of a value that JSON does not know but results may hold, or `undefined`. */
export function findValueKind(value: unknown): ValueKind | undefined {
  switch (typeof value) {
    case "undefined":
      return UNDEFINED;
    case "bigint":
      return BIGINT;
    case "number":
      return Object.is(value, -0) ? NEGATIVE_ZERO : Number.isFinite(value) ? undefined : NUMBER;
    case "object":
      return value === null ? undefined : findObjectKind(value);
    default:
      return undefined;
  }
}

/** The kind of that name in a `meta` half, or `undefined` when this version does not know it. */
export function findKindByName(name: string): ValueKind | undefined {
  return BY_NAME.get(name);
}

function findObjectKind(value: object): ValueKind | undefined {
  if (value instanceof Date) return DATE;
  if (value instanceof Map) return MAP;
  if (value instanceof Set) return SET;
  if (value instanceof URL) return URL_KIND;
  if (value instanceof RegExp) return REG_EXP;
  if (value instanceof ArrayBuffer) return ARRAY_BUFFER;
  const tag = Object.prototype.toString.call(value).slice("[object ".length, -1);
  return ArrayBuffer.isView(value) ? BYTE_VIEWS.get(tag) : TEMPORAL.get(tag);
}

function readRegExp(text: string): RegExp {
  const end = text.lastIndexOf("/");
  return new RegExp(text.slice(1, end), text.slice(end + 1));
}
