import { MICROS, type Micros } from "../model/instant.ts";
import type { Budget } from "./budget.ts";
import { ArgReader } from "./call-args.ts";
import { dateTime, fromCivil, parseDateTime, shift, timeDelta } from "./date-time.ts";
import { differenceForHumans } from "./difference-for-humans.ts";
import { fromJs } from "./from-js.ts";
import { parseDocument, stringify as stringifyYaml, type Tags } from "yaml";
import { jsonText } from "./print-value.ts";
import { formatLocale } from "./format-locale.ts";
import { strftime, strptime } from "./strftime.ts";
import { templateFault } from "./template-fault.ts";
import {
  callable,
  float,
  isKind,
  namespace,
  typeName,
  type Callable,
  type CallArgs,
  type DateTime,
  type Namespace,
  type Value,
} from "./template-value.ts";

const DELTA_UNITS = ["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"] as const;
const DELTA_MICROS = [MICROS.d, MICROS.s, 1, MICROS.ms, MICROS.m, MICROS.h, 7 * MICROS.d] as const;
/** More references in a YAML text are an attack on memory. */
const MOST_ALIASES = 100;
const CIVIL = ["year", "month", "day", "hour", "minute", "second", "microsecond"] as const;

/** What macros need from outside. */
export interface MacroFacts {
  readonly now: Micros;
  /** Between 0 and 1, 1 not included. */
  readonly random: () => number;
}

/** The `macros` of Airflow. */
export function macros(facts: MacroFacts): Namespace {
  return namespace("macros", {
    ds_add: fn("ds_add", ["ds", "days"], (read) =>
      strftime(shift(strptime(read.text("ds"), "%Y-%m-%d"), { days: read.integer("days") }), "%Y-%m-%d"),
    ),
    ds_format: fn("ds_format", ["ds", "input_format", "output_format"], (read) =>
      strftime(strptime(read.text("ds"), read.text("input_format")), read.text("output_format")),
    ),
    ds_format_locale: fn("ds_format_locale", ["ds", "input_format", "output_format", "locale"], (read) => {
      const locale = (read.find("locale") ?? null) === null ? undefined : read.text("locale");
      return formatLocale(strptime(read.text("ds"), read.text("input_format")), read.text("output_format"), locale);
    }),
    datetime_diff_for_humans: fn("datetime_diff_for_humans", ["dt", "since_date"], (read) => {
      const since = read.find("since_date") ?? null;
      return differenceForHumans(timeOf(read.get("dt")), since === null ? undefined : timeOf(since), facts.now);
    }),
    datetime: datetimeClass(facts),
    timedelta: fn("timedelta", DELTA_UNITS, (read) =>
      timeDelta(DELTA_UNITS.reduce((micros, unit, i) => micros + read.number(unit, 0) * DELTA_MICROS[i], 0)),
    ),
    time: namespace("time", {
      time: fn("time", [], () => float(facts.now / MICROS.s)),
      strftime: fn("strftime", ["format"], (read) => strftime(dateTime(facts.now, "UTC"), read.text("format"))),
    }),
    uuid: namespace("uuid", { uuid4: fn("uuid4", [], () => uuid4(facts.random)) }),
    random: fn("random", [], () => float(facts.random())),
    json: namespace("json", {
      dumps: callable("dumps", dumps),
      loads: fn("loads", ["s"], (read) => loads(read.text("s"), read.budget)),
    }),
    yaml: namespace("yaml", {
      safe_load: fn("safe_load", ["stream"], (read) => loadYaml(read.text("stream"), read.budget)),
      dump: fn("dump", ["data", "sort_keys"], dumpYaml),
    }),
    dateutil: namespace("dateutil", {
      parser: namespace("parser", { parse: fn("parse", ["timestr"], (read) => parseDateTime(read.text("timestr"))) }),
    }),
  });
}

/** A function that reads its arguments by position or name. */
export function fn(name: string, parameters: readonly string[], run: (read: ArgReader) => Value): Callable {
  return callable(name, (args) => run(new ArgReader(name, args, parameters)));
}

function datetimeClass({ now }: MacroFacts): Namespace {
  const members = namespace("datetime", {
    now: fn("now", ["tz"], (read) => dateTime(now, zoneOf(read))),
    utcnow: fn("utcnow", [], () => dateTime(now, undefined)),
    today: fn("today", [], () => dateTime(now, undefined)),
    fromisoformat: fn("fromisoformat", ["date_string"], (read) => parseDateTime(read.text("date_string"))),
    fromtimestamp: fn("fromtimestamp", ["timestamp", "tz"], (read) =>
      dateTime(Math.round(read.number("timestamp") * MICROS.s), zoneOf(read)),
    ),
    strptime: fn("strptime", ["date_string", "format"], (read) =>
      strptime(read.text("date_string"), read.text("format")),
    ),
  });
  return { ...members, call: (args) => newDateTime(new ArgReader("datetime", args, [...CIVIL, "tzinfo"])) };
}

function zoneOf(read: ArgReader): string | undefined {
  return (read.find("tz") ?? null) === null ? undefined : read.text("tz");
}

function newDateTime(read: ArgReader): DateTime {
  const [year, month, day] = CIVIL.slice(0, 3).map((unit) => read.integer(unit)) as [number, number, number];
  const [hour, minute, second, micro] = CIVIL.slice(3).map((unit) => read.integer(unit, 0)) as [
    number,
    number,
    number,
    number,
  ];
  const zone = read.find("tzinfo") === undefined ? undefined : read.text("tzinfo");
  return fromCivil({ year, month, day, hour, minute, second, micro }, { zone });
}

function timeOf(value: Value): DateTime {
  if (typeof value === "string") return parseDateTime(value);
  if (!isKind(value, "datetime")) throw templateFault(`a datetime is wanted, not a ${typeName(value)}`);
  return value;
}

function uuid4(random: () => number): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(random() * 16));
  digits[12] = 4;
  digits[16] = 8 + (digits[16] % 4);
  const hex = digits.map((digit) => digit.toString(16)).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function dumps(args: CallArgs): Value {
  const read = new ArgReader("dumps", args, ["obj", "indent", "sort_keys", "ensure_ascii"]);
  const indent = (read.find("indent") ?? null) === null ? 0 : read.integer("indent");
  args.budget.spendText(indent);
  return jsonText(read.get("obj"), args.budget, {
    indent,
    sortKeys: read.flag("sort_keys", false),
    ascii: read.flag("ensure_ascii", true),
  });
}

function loads(text: string, budget: Budget): Value {
  budget.spendText(text.length);
  try {
    return fromJs(JSON.parse(text), "the JSON");
  } catch (error) {
    throw templateFault(`json.loads() got no JSON: ${(error as Error).message}`);
  }
}

/** YAML 1.1, as PyYAML reads it safely; dates stay text. */
function loadYaml(text: string, budget: Budget): Value {
  budget.spendText(text.length);
  try {
    const document = parseDocument(text, { version: "1.1", customTags: withoutObjects });
    const [fault] = [...document.errors, ...document.warnings];
    if (fault) throw fault;
    return fromJs(document.toJS({ maxAliasCount: MOST_ALIASES }), "the YAML");
  } catch (error) {
    throw templateFault(`yaml.safe_load() got no YAML: ${(error as Error).message}`);
  }
}

function withoutObjects(tags: Tags): Tags {
  return tags.filter(
    (tag) =>
      typeof tag !== "object" || !["timestamp", "binary", "set", "omap"].some((name) => tag.tag.endsWith(`:${name}`)),
  );
}

function dumpYaml(read: ArgReader): Value {
  const json = jsonText(read.get("data"), read.budget, {
    indent: 0,
    sortKeys: read.flag("sort_keys", true),
    ascii: false,
  });
  const text = stringifyYaml(JSON.parse(String(json)) as unknown, { indentSeq: false, lineWidth: 0 });
  read.budget.spendText(text.length);
  return text;
}
