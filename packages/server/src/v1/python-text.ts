// Clients of API v1 read Python's own text: in details of errors, XCom values and logs. What is printed here reads back in Python as the same value
// (`ast.literal_eval`), and is what Python's `repr` prints for it.

/** What `str.isprintable` calls not printable; the space alone of all separators is. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}]/u;

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Flags that Python's regular expressions have, too, in the order in which it names them. */
const FLAGS: readonly (readonly [flag: string, name: string])[] = [
  ["i", "re.IGNORECASE"],
  ["m", "re.MULTILINE"],
  ["s", "re.DOTALL"],
];

/**
 * A value as Python's `repr` prints it: `{'key': [1, 2.5, None, True]}`.
 *
 * Numbers are what Python's `json` makes of their JSON text: 1 is an int, 1e21 a float; NaN and the infinities are `nan`, `inf`, `-inf`, and −0 is `-0.0`.
 * Values that results may hold beyond JSON become what Python has for them: a bigint an int, a Date a datetime, a Map a dict, a Set a set, bytes `b'…'`,
 * lists of numbers of one type a list, a RegExp `re.compile(…)`, URLs and Temporal values their text. Lists that are keys or elements of a set are tuples.
 */
export function reprPython(value: unknown): string {
  switch (typeof value) {
    case "boolean":
      return value ? "True" : "False";
    case "string":
      return reprString(value);
    case "number":
      return reprNumber(value);
    case "bigint":
      return value.toString();
    case "object":
      return value === null ? "None" : reprObject(value);
    default:
      return "None";
  }
}

/** A value as Python's `str` prints it: text stands without quotes, a Date with spaces. */
export function strPython(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof URL) return value.href;
  if (value instanceof Date && !Number.isNaN(value.getTime())) {
    const [date = "", time = ""] = value.toISOString().slice(0, -1).split("T");
    return `${date} ${time.endsWith(".000") ? time.slice(0, -4) : `${time}000`}+00:00`;
  }
  return reprPython(value);
}

/** Log texts of a try as API v1 gives them to programs: a list of tuples `[('host', 'lines'), …]`. */
export function reprLogs(logs: readonly (readonly [host: string, text: string])[]): string {
  return `[${logs.map(reprTuple).join(", ")}]`;
}

function reprString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = quote;
  for (const character of text) out += character === quote ? `\\${quote}` : reprCharacter(character);
  return out + quote;
}

function reprCharacter(character: string): string {
  const escape = ESCAPES[character];
  if (escape !== undefined) return escape;
  if (character === " " || !UNPRINTABLE.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${hex(code, 2)}`;
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, "0");
}

function reprNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  // Both languages print the fewest digits that read back as the same number; they differ in when they use an exponent, and in how wide it is.
  if (Math.abs(value) >= 1e-4 || value === 0) return value.toString();
  return value.toExponential().replace(/-(\d)$/, "-0$1");
}

function reprObject(value: object): string {
  if (Array.isArray(value)) return `[${value.map(reprPython).join(", ")}]`;
  if (value instanceof Date) return reprDate(value);
  if (value instanceof Map) return reprDict([...value].map(([key, part]) => [reprHashable(key), part]));
  if (value instanceof Set) return value.size === 0 ? "set()" : `{${[...value].map(reprHashable).join(", ")}}`;
  if (value instanceof RegExp) return reprRegExp(value);
  if (value instanceof URL) return reprString(value.href);
  if (value instanceof ArrayBuffer) return reprBytes(new Uint8Array(value));
  if (ArrayBuffer.isView(value)) return reprView(value);
  const tag = Object.prototype.toString.call(value);
  if (tag.startsWith("[object Temporal.")) return reprString((value as { toString(): string }).toString());
  return reprDict(Object.entries(value).map(([key, part]) => [reprString(key), part]));
}

function reprDict(entries: readonly (readonly [key: string, value: unknown])[]): string {
  return `{${entries.map(([key, value]) => `${key}: ${reprPython(value)}`).join(", ")}}`;
}

function reprHashable(value: unknown): string {
  return Array.isArray(value) ? reprTuple(value) : reprPython(value);
}

function reprTuple(items: readonly unknown[]): string {
  return `(${items.map(reprHashable).join(", ")}${items.length === 1 ? "," : ""})`;
}

function reprDate(date: Date): string {
  if (Number.isNaN(date.getTime())) return "None";
  const [day, clock] = [
    [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()],
    [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds(), date.getUTCMilliseconds() * 1_000],
  ];
  // Seconds and microseconds are left out where they are zero.
  const shown = clock[3] !== 0 ? clock : clock[2] !== 0 ? clock.slice(0, 3) : clock.slice(0, 2);
  return `datetime.datetime(${[...day, ...shown].join(", ")}, tzinfo=datetime.timezone.utc)`;
}

function reprRegExp({ source, flags }: RegExp): string {
  const names = FLAGS.filter(([flag]) => flags.includes(flag)).map(([, name]) => name);
  return `re.compile(${[reprString(source), ...(names.length > 0 ? [names.join("|")] : [])].join(", ")})`;
}

function reprView(view: ArrayBufferView): string {
  if (view instanceof Uint8Array || view instanceof Uint8ClampedArray || view instanceof DataView)
    return reprBytes(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  return `[${Array.from(view as unknown as ArrayLike<number | bigint>, reprPython).join(", ")}]`;
}

function reprBytes(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("latin1");
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = Array.from(text, (character) => {
    if (character === quote) return `\\${quote}`;
    const code = character.codePointAt(0) ?? 0;
    return ESCAPES[character] ?? (code < 0x20 || code > 0x7e ? `\\x${hex(code, 2)}` : character);
  });
  return `b${quote}${escaped.join("")}${quote}`;
}
