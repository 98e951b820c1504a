import { civilToMicros } from "../model/civil.ts";
import { MICROS } from "../model/instant.ts";
import { civilOf, formatOffset, fromCivil, pad, wallOf } from "./date-time.ts";
import { templateFault } from "./template-fault.ts";
import type { DateTime } from "./template-value.ts";

/** English, as Python in the C locale; schedulers must not depend on the language of the machine. */
const MONTHS = "January February March April May June July August September October November December".split(" ");
/** Monday first, as `weekday()` counts. */
const WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ");

/** Thursday 1970-01-01 in a week that starts on Monday. */
const EPOCH_WEEKDAY = 3;

/** Monday = 0. */
export function weekday(value: DateTime): number {
  const days = Math.floor(wallOf(value) / MICROS.d);
  return (((days + EPOCH_WEEKDAY) % 7) + 7) % 7;
}

/** 1 January = 1. */
export function dayOfYear(value: DateTime): number {
  const { year } = civilOf(value);
  const newYear = civilToMicros({ year, month: 1, day: 1, hour: 0, minute: 0, second: 0, micro: 0 });
  return Math.floor((wallOf(value) - newYear) / MICROS.d) + 1;
}

/** Year and number of the ISO week: the one that its Thursday lies in. */
export function isoWeek(value: DateTime): { readonly year: number; readonly week: number } {
  const thursday: DateTime = {
    kind: "datetime",
    at: wallOf(value) + (3 - weekday(value)) * MICROS.d,
    zone: undefined,
    isDate: true,
  };
  return { year: civilOf(thursday).year, week: Math.floor((dayOfYear(thursday) - 1) / 7) + 1 };
}

/** The usual short name of the zone at that time (`UTC`, `CET`, `GMT+5`); empty for a naive one. */
function zoneAbbreviation(value: DateTime): string {
  if (value.zone === undefined || value.zone === "UTC") return value.zone ?? "";
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: value.zone, timeZoneName: "short" });
  // `format` wants milliseconds; names of zones change at whole seconds.
  return (
    format.formatToParts(Math.floor(value.at / MICROS.ms)).find(({ type }) => type === "timeZoneName")?.value ?? ""
  );
}

const twelve = (hour: number): number => hour % 12 || 12;
const weekOfYear = (value: DateTime, firstDay: number): number =>
  Math.floor((dayOfYear(value) + 6 - ((weekday(value) - firstDay + 7) % 7)) / 7);

const DIRECTIVES: ReadonlyMap<string, (value: DateTime) => string> = new Map<string, (value: DateTime) => string>([
  ["a", (value) => WEEKDAYS[weekday(value)].slice(0, 3)],
  ["A", (value) => WEEKDAYS[weekday(value)]],
  ["w", (value) => String((weekday(value) + 1) % 7)],
  ["u", (value) => String(weekday(value) + 1)],
  ["d", (value) => pad(civilOf(value).day)],
  ["e", (value) => String(civilOf(value).day).padStart(2)],
  ["b", (value) => MONTHS[civilOf(value).month - 1].slice(0, 3)],
  ["h", (value) => MONTHS[civilOf(value).month - 1].slice(0, 3)],
  ["B", (value) => MONTHS[civilOf(value).month - 1]],
  ["m", (value) => pad(civilOf(value).month)],
  ["y", (value) => pad(civilOf(value).year % 100)],
  ["Y", (value) => String(civilOf(value).year)],
  ["C", (value) => pad(Math.floor(civilOf(value).year / 100))],
  ["H", (value) => pad(civilOf(value).hour)],
  ["I", (value) => pad(twelve(civilOf(value).hour))],
  ["p", (value) => (civilOf(value).hour < 12 ? "AM" : "PM")],
  ["M", (value) => pad(civilOf(value).minute)],
  ["S", (value) => pad(civilOf(value).second)],
  ["f", (value) => pad(civilOf(value).micro, 6)],
  ["z", (value) => formatOffset(value, "")],
  ["Z", zoneAbbreviation],
  ["j", (value) => pad(dayOfYear(value), 3)],
  ["U", (value) => pad(weekOfYear(value, 6))],
  ["W", (value) => pad(weekOfYear(value, 0))],
  ["G", (value) => String(isoWeek(value).year)],
  ["g", (value) => pad(isoWeek(value).year % 100)],
  ["V", (value) => pad(isoWeek(value).week)],
  ["s", (value) => String(Math.floor(value.at / MICROS.s))],
  ["c", (value) => strftime(value, "%a %b %e %H:%M:%S %Y")],
  ["x", (value) => strftime(value, "%m/%d/%y")],
  ["X", (value) => strftime(value, "%H:%M:%S")],
  ["D", (value) => strftime(value, "%m/%d/%y")],
  ["F", (value) => strftime(value, "%Y-%m-%d")],
  ["T", (value) => strftime(value, "%H:%M:%S")],
  ["R", (value) => strftime(value, "%H:%M")],
  ["n", () => "\n"],
  ["t", () => "\t"],
  ["%", () => "%"],
]);

/** `value.strftime(format)` of Python in the C locale; `%-d` leaves out the padding. @throws MillraceError BAD_TEMPLATE for unknown directives. */
export function strftime(value: DateTime, format: string): string {
  return format.replace(/%(-?)([^]?)/g, (directive, dash: string, letter: string) => {
    const write = DIRECTIVES.get(letter);
    if (write === undefined) throw templateFault(`strftime knows no directive "${directive}"`);
    const text = write(value);
    return dash === "" ? text : text.replace(/^[0 ]+(?=.)/, "");
  });
}

interface Parsed {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  micro: number;
  isAfternoon?: boolean;
  offset?: number;
}

type Read = (text: string, into: Parsed) => number | undefined;

const digits =
  (most: number, store: (into: Parsed, value: number, length: number) => void): Read =>
  (text, into) => {
    const match = /^\d+/.exec(text.slice(0, most));
    if (match === null) return undefined;
    store(into, Number(match[0]), match[0].length);
    return match[0].length;
  };

const oneOf =
  (names: readonly string[], store: (into: Parsed, index: number) => void): Read =>
  (text, into) => {
    const lower = text.toLowerCase();
    const index = names.findIndex((name) => lower.startsWith(name.toLowerCase()));
    if (index < 0) return undefined;
    store(into, index);
    return names[index].length;
  };

const short = (names: readonly string[]): readonly string[] => names.map((name) => name.slice(0, 3));

const READERS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ["Y", digits(4, (into, value) => (into.year = value))],
  // POSIX: 69 to 99 are of the last century.
  ["y", digits(2, (into, value) => (into.year = value < 69 ? 2000 + value : 1900 + value))],
  ["m", digits(2, (into, value) => (into.month = value))],
  ["d", digits(2, (into, value) => (into.day = value))],
  ["H", digits(2, (into, value) => (into.hour = value))],
  ["I", digits(2, (into, value) => (into.hour = value % 12))],
  ["M", digits(2, (into, value) => (into.minute = value))],
  ["S", digits(2, (into, value) => (into.second = value))],
  ["f", digits(6, (into, value, length) => (into.micro = value * 10 ** (6 - length)))],
  ["B", oneOf(MONTHS, (into, index) => (into.month = index + 1))],
  ["b", oneOf(short(MONTHS), (into, index) => (into.month = index + 1))],
  ["A", oneOf(WEEKDAYS, () => undefined)],
  ["a", oneOf(short(WEEKDAYS), () => undefined)],
  ["p", oneOf(["AM", "PM"], (into, index) => (into.isAfternoon = index === 1))],
  ["z", readOffset],
  ["%", oneOf(["%"], () => undefined)],
]);

/** `datetime.strptime(text, format)` of Python: naive, or in UTC when the format has `%z`. @throws MillraceError BAD_TEMPLATE */
export function strptime(text: string, format: string): DateTime {
  const into: Parsed = { year: 1900, month: 1, day: 1, hour: 0, minute: 0, second: 0, micro: 0 };
  let rest = text;
  for (const [piece, letter] of format
    .replaceAll("%F", "%Y-%m-%d")
    .replaceAll("%T", "%H:%M:%S")
    .matchAll(/%([^])|[^]/g)) {
    const length =
      letter === undefined ? (rest.startsWith(piece) ? piece.length : undefined) : reader(letter)(rest, into);
    if (length === undefined) throw templateFault(`"${text}" does not have the form "${format}"`);
    rest = rest.slice(length);
  }
  if (rest !== "") throw templateFault(`"${text}" is longer than the form "${format}"`);
  const { isAfternoon, offset, ...civil } = into;
  const local = fromCivil(
    { ...civil, hour: civil.hour + (isAfternoon === true ? 12 : 0) },
    { zone: offset === undefined ? undefined : "UTC" },
  );
  return { ...local, at: local.at - (offset ?? 0) };
}

function reader(letter: string): Read {
  const read = READERS.get(letter);
  if (read === undefined) throw templateFault(`strptime knows no directive "%${letter}"`);
  return read;
}

function readOffset(text: string, into: Parsed): number | undefined {
  const match = /^(?:Z|([+-])(\d\d):?(\d\d))/.exec(text);
  if (match === null) return undefined;
  const size = Number(match[2] ?? 0) * MICROS.h + Number(match[3] ?? 0) * MICROS.m;
  into.offset = match[1] === "-" ? -size : size;
  return match[0].length;
}
