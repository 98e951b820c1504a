import { MICROS } from "../model/instant.ts";
import { openZone } from "../model/zone.ts";
import { ArgReader } from "./call-args.ts";
import { civilOf, dateTime, formatDateTime, fromCivil, offsetOf, shift, wallOf, type Shift } from "./date-time.ts";
import { strftime, dayOfYear, isoWeek, weekday } from "./strftime.ts";
import { templateFault } from "./template-fault.ts";
import {
  callable,
  float,
  isKind,
  tuple,
  type CallArgs,
  type DateTime,
  type TimeDelta,
  type Value,
} from "./template-value.ts";

const UNITS = ["years", "months", "weeks", "days", "hours", "minutes", "seconds", "microseconds"] as const;
const FIELDS = ["year", "month", "day", "hour", "minute", "second", "microsecond"] as const;
const MIDNIGHT = { hour: 0, minute: 0, second: 0, micro: 0 } as const;

type Attributes<T> = ReadonlyMap<string, (of: T) => Value>;
type Methods<T> = ReadonlyMap<string, (of: T, args: CallArgs) => Value>;

const DATE_TIME_ATTRIBUTES: Attributes<DateTime> = new Map<string, (of: DateTime) => Value>([
  ["year", (of) => civilOf(of).year],
  ["month", (of) => civilOf(of).month],
  ["day", (of) => civilOf(of).day],
  ["hour", (of) => civilOf(of).hour],
  ["minute", (of) => civilOf(of).minute],
  ["second", (of) => civilOf(of).second],
  ["microsecond", (of) => civilOf(of).micro],
  ["quarter", (of) => Math.ceil(civilOf(of).month / 3)],
  ["day_of_week", weekday],
  ["day_of_year", dayOfYear],
  ["week_of_year", (of) => isoWeek(of).week],
  ["days_in_month", (of) => civilOf(edgeOf(of, "month", true)).day],
  ["int_timestamp", (of) => Math.floor(of.at / MICROS.s)],
  ["float_timestamp", (of) => float(of.at / MICROS.s)],
  ["timezone_name", (of) => of.zone ?? null],
  ["timezone", (of) => of.zone ?? null],
  ["tz", (of) => of.zone ?? null],
  ["tzinfo", (of) => of.zone ?? null],
  ["offset", (of) => offsetOf(of) / MICROS.s],
  ["offset_hours", (of) => float(offsetOf(of) / MICROS.h)],
]);

const DATE_TIME_METHODS: Methods<DateTime> = new Map<string, (of: DateTime, args: CallArgs) => Value>([
  ["isoformat", (of, args) => formatDateTime(of, new ArgReader("isoformat", args, ["sep"]).text("sep", "T"))],
  ["strftime", (of, args) => strftime(of, new ArgReader("strftime", args, ["format"]).text("format"))],
  ["weekday", weekday],
  ["isoweekday", (of) => weekday(of) + 1],
  ["isocalendar", (of) => tuple([isoWeek(of).year, isoWeek(of).week, weekday(of) + 1])],
  ["timestamp", (of) => float(of.at / MICROS.s)],
  ["date", (of) => ({ ...fromCivil({ ...civilOf(of), ...MIDNIGHT }, { zone: undefined }), isDate: true })],
  ["replace", replace],
  ["add", (of, args) => shift(of, readShift("add", args, 1))],
  ["subtract", (of, args) => shift(of, readShift("subtract", args, -1))],
  ["start_of", (of, args) => edgeOf(of, new ArgReader("start_of", args, ["unit"]).text("unit"), false)],
  ["end_of", (of, args) => edgeOf(of, new ArgReader("end_of", args, ["unit"]).text("unit"), true)],
  ["in_timezone", (of, args) => inZone(of, new ArgReader("in_timezone", args, ["tz"]).text("tz"))],
  ["in_tz", (of, args) => inZone(of, new ArgReader("in_tz", args, ["tz"]).text("tz"))],
  ["astimezone", (of, args) => inZone(of, new ArgReader("astimezone", args, ["tz"]).text("tz", "UTC"))],
  ["naive", (of) => dateTime(wallOf(of), undefined)],
  ["to_date_string", (of) => strftime(of, "%Y-%m-%d")],
  ["to_time_string", (of) => strftime(of, "%H:%M:%S")],
  ["to_datetime_string", (of) => strftime(of, "%Y-%m-%d %H:%M:%S")],
  ["to_iso8601_string", (of) => formatDateTime(of).replace(/\+00:00$/, "Z")],
]);

const TIME_DELTA_ATTRIBUTES: Attributes<TimeDelta> = new Map<string, (of: TimeDelta) => Value>([
  ["days", ({ micros }) => Math.floor(micros / MICROS.d)],
  ["seconds", ({ micros }) => Math.floor((micros - Math.floor(micros / MICROS.d) * MICROS.d) / MICROS.s)],
  ["microseconds", ({ micros }) => ((micros % MICROS.s) + MICROS.s) % MICROS.s],
]);

const TIME_DELTA_METHODS: Methods<TimeDelta> = new Map<string, (of: TimeDelta, args: CallArgs) => Value>([
  ["total_seconds", ({ micros }) => float(micros / MICROS.s)],
]);

/** An attribute or method of a date, a time or a length of time. */
export function findTimeMember(of: DateTime | TimeDelta, name: string): Value | undefined {
  return isKind(of, "datetime")
    ? find(of, name, DATE_TIME_ATTRIBUTES, DATE_TIME_METHODS)
    : find(of, name, TIME_DELTA_ATTRIBUTES, TIME_DELTA_METHODS);
}

/** Names that {@link findTimeMember} knows. */
export function timeMemberNames(of: DateTime | TimeDelta): readonly string[] {
  return isKind(of, "datetime")
    ? [...DATE_TIME_ATTRIBUTES.keys(), ...DATE_TIME_METHODS.keys()]
    : [...TIME_DELTA_ATTRIBUTES.keys(), ...TIME_DELTA_METHODS.keys()];
}

/** The same instant on the wall of another zone; a naive one counts as UTC. */
function inZone(of: DateTime, zone: string): DateTime {
  try {
    openZone(zone);
  } catch (error) {
    throw templateFault((error as Error).message);
  }
  return dateTime(of.at, zone);
}

function find<T>(of: T, name: string, attributes: Attributes<T>, methods: Methods<T>): Value | undefined {
  const attribute = attributes.get(name);
  if (attribute !== undefined) return attribute(of);
  const method = methods.get(name);
  return method === undefined ? undefined : callable(name, (args) => method(of, args));
}

function replace(of: DateTime, args: CallArgs): DateTime {
  const read = new ArgReader("replace", args, FIELDS);
  const { year, month, day, hour, minute, second, micro } = civilOf(of);
  return fromCivil(
    {
      year: read.integer("year", year),
      month: read.integer("month", month),
      day: read.integer("day", day),
      hour: read.integer("hour", hour),
      minute: read.integer("minute", minute),
      second: read.integer("second", second),
      micro: read.integer("microsecond", micro),
    },
    of,
  );
}

function readShift(who: string, args: CallArgs, sign: 1 | -1): Shift {
  const read = new ArgReader(who, args, UNITS);
  return Object.fromEntries(UNITS.map((unit) => [unit, sign * read.number(unit, 0)]));
}

/** The first or last microsecond of the unit that `of` lies in. */
function edgeOf(of: DateTime, unit: string, isEnd: boolean): DateTime {
  const civil = civilOf(of);
  const starts: Readonly<Record<string, readonly [DateTime, Shift]>> = {
    year: [fromCivil({ ...civil, ...MIDNIGHT, month: 1, day: 1 }, of), { years: 1 }],
    month: [fromCivil({ ...civil, ...MIDNIGHT, day: 1 }, of), { months: 1 }],
    week: [shift(fromCivil({ ...civil, ...MIDNIGHT }, of), { days: -weekday(of) }), { weeks: 1 }],
    day: [fromCivil({ ...civil, ...MIDNIGHT }, of), { days: 1 }],
    hour: [shift(of, { minutes: -civil.minute, seconds: -civil.second, microseconds: -civil.micro }), { hours: 1 }],
    minute: [shift(of, { seconds: -civil.second, microseconds: -civil.micro }), { minutes: 1 }],
  };
  const known = Object.hasOwn(starts, unit) ? starts[unit] : undefined;
  if (known === undefined) throw templateFault(`there is no unit "${unit}"; use ${Object.keys(starts).join(", ")}`);
  const [start, length] = known;
  return isEnd ? shift(shift(start, length), { microseconds: -1 }) : start;
}
