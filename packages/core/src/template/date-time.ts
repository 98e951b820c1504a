import { daysInMonth, civilToMicros, microsToCivil, type Civil } from "../model/civil.ts";
import { MICROS, type Micros } from "../model/instant.ts";
import { parseInstant } from "../model/instant-text.ts";
import { openZone, wallToInstant } from "../model/zone.ts";
import { templateFault } from "./template-fault.ts";
import type { DateTime, TimeDelta } from "./template-value.ts";

/** The years that an instant in microseconds can say exactly. */
const FIRST_YEAR = 1685;
const LAST_YEAR = 2254;

/** Calendar and clock units to add, as pendulum's `add()` takes them. */
export interface Shift {
  readonly years?: number;
  readonly months?: number;
  readonly weeks?: number;
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
  readonly microseconds?: number;
}

/** An instant on the wall of `zone`. */
export function dateTime(at: Micros, zone: string | undefined): DateTime {
  return { kind: "datetime", at: checkRange(at), zone, isDate: false };
}

/** A length of time. */
export function timeDelta(micros: number): TimeDelta {
  return { kind: "timedelta", micros: Math.round(micros) };
}

/** What calendar and clock on the wall show. */
export function civilOf(value: DateTime): Civil {
  return microsToCivil(wallOf(value));
}

/** The time on the wall, counted as if it were UTC. */
export function wallOf(value: DateTime): Micros {
  return value.at + offsetOf(value);
}

/** How far the wall is ahead of UTC; 0 for a naive one. */
export function offsetOf(value: DateTime): Micros {
  return value.zone === undefined || value.zone === "UTC" ? 0 : openZone(value.zone).stretchAt(value.at).offset;
}

/** The date and time that the wall shows as `civil`, in the zone of `like`. @throws MillraceError BAD_TEMPLATE for none such. */
export function fromCivil(
  civil: Civil,
  like: { readonly zone: string | undefined; readonly isDate?: boolean },
): DateTime {
  const { year, month, day, hour, minute, second, micro } = civil;
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  const isTime =
    hour >= 0 &&
    hour < 24 &&
    minute >= 0 &&
    minute < 60 &&
    second >= 0 &&
    second < 60 &&
    micro >= 0 &&
    micro < MICROS.s;
  if (!isDate || !isTime || !Object.values(civil).every(Number.isInteger)) {
    throw templateFault(`there is no date ${year}-${month}-${day} ${hour}:${minute}:${second}`);
  }
  if (year < FIRST_YEAR || year > LAST_YEAR)
    throw templateFault(`dates lie between ${FIRST_YEAR} and ${LAST_YEAR}, ${year} does not`);
  const wall = civilToMicros(civil);
  const at = like.zone === undefined ? wall : wallToInstant(openZone(like.zone), wall);
  return { ...dateTime(at, like.zone), isDate: like.isDate ?? false };
}

/** Reads ISO 8601. Without an offset it is naive, with one it is UTC. */
export function parseDateTime(text: string): DateTime {
  const hasOffset = /(?:[Zz]|[+-]\d\d(?::?\d\d)?)$/.test(text.trim().slice(10));
  try {
    return dateTime(parseInstant(text, "UTC"), hasOffset ? "UTC" : undefined);
  } catch (error) {
    throw templateFault((error as Error).message);
  }
}

/** `isoformat()` of Python. */
export function formatDateTime(value: DateTime, separator = "T"): string {
  const civil = civilOf(value);
  const date = `${pad(civil.year, 4)}-${pad(civil.month)}-${pad(civil.day)}`;
  if (value.isDate) return date;
  return `${date}${separator}${formatTime(civil)}${formatOffset(value, ":")}`;
}

/** `+02:00` with `:` between hours and minutes, `+0200` without; nothing for a naive one. */
export function formatOffset(value: DateTime, separator: string): string {
  if (value.zone === undefined) return "";
  const offset = offsetOf(value);
  const size = Math.abs(offset);
  const hours = Math.floor(size / MICROS.h);
  const minutes = Math.floor(size / MICROS.m) % 60;
  return `${offset < 0 ? "-" : "+"}${pad(hours)}${separator}${pad(minutes)}`;
}

/** `repr()`, near enough to tell the value. */
export function representDateTime(value: DateTime): string {
  const { year, month, day, hour, minute, second, micro } = civilOf(value);
  if (value.isDate) return `Date(${year}, ${month}, ${day})`;
  const parts = [year, month, day, hour, minute, second, ...(micro === 0 ? [] : [micro])];
  return `DateTime(${parts.join(", ")}${value.zone === undefined ? "" : `, tzinfo=Timezone('${value.zone}')`})`;
}

/** `str(timedelta)` of Python: `1 day, 2:03:04`. */
export function formatTimeDelta({ micros }: TimeDelta): string {
  const days = Math.floor(micros / MICROS.d);
  const { hour, minute, second, micro } = microsToCivil(micros - days * MICROS.d);
  const time = `${hour}:${pad(minute)}:${pad(second)}${micro === 0 ? "" : `.${pad(micro, 6)}`}`;
  return days === 0 ? time : `${days} day${Math.abs(days) === 1 ? "" : "s"}, ${time}`;
}

/** Adds years to days on the wall (31 January plus a month is the last of February), then hours to microseconds in elapsed time. */
export function shift(value: DateTime, by: Shift): DateTime {
  const elapsed =
    (by.hours ?? 0) * MICROS.h + (by.minutes ?? 0) * MICROS.m + (by.seconds ?? 0) * MICROS.s + (by.microseconds ?? 0);
  const moved = moveOnWall(value, by);
  const at = { ...moved, at: checkRange(moved.at + Math.round(elapsed)) };
  return value.isDate ? { ...at, at: Math.floor(at.at / MICROS.d) * MICROS.d } : at;
}

/** `text` with leading zeros. */
export function pad(value: number, digits = 2): string {
  return String(value).padStart(digits, "0");
}

function moveOnWall(value: DateTime, by: Shift): DateTime {
  const months = (by.years ?? 0) * 12 + (by.months ?? 0);
  const days = (by.weeks ?? 0) * 7 + (by.days ?? 0);
  if (!Number.isInteger(months)) throw templateFault("years and months are added in whole numbers");
  if (months === 0 && days === 0) return value;
  const civil = civilOf(value);
  const monthCount = civil.year * 12 + civil.month - 1 + months;
  const year = Math.floor(monthCount / 12);
  const month = monthCount - year * 12 + 1;
  const moved =
    civilToMicros({ ...civil, year, month, day: Math.min(civil.day, daysInMonth(year, month)) }) +
    Math.round(days * MICROS.d);
  return fromCivil(microsToCivil(checkRange(moved)), value);
}

function formatTime({ hour, minute, second, micro }: Civil): string {
  return `${pad(hour)}:${pad(minute)}:${pad(second)}${micro === 0 ? "" : `.${pad(micro, 6)}`}`;
}

function checkRange(at: number): Micros {
  if (!Number.isSafeInteger(at)) throw templateFault(`dates lie between ${FIRST_YEAR} and ${LAST_YEAR}`);
  return at;
}
