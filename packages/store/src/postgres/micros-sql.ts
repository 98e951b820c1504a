// R7. Instants are integer microseconds in code and `timestamptz` in rows, and never pass through `Date`, which cuts microseconds.
import { MICROS } from "@millrace/core";
import type { Micros } from "@millrace/core";

const TIMESTAMP = /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?$/;

/**
 * The text that PostgreSQL reads as exactly this `timestamptz`: `2026-01-31 12:00:00.000001+00`. For parameters of type `timestamptz`,
 * or lists of them.
 *
 * @throws Error when `at` is no whole number of microseconds that a double holds exactly (years 1684 to 2255).
 */
export function microsToSql(at: Micros): string {
  if (!Number.isSafeInteger(at)) throw new Error(`not an instant in whole microseconds: ${String(at)}`);
  const days = Math.floor(at / MICROS.d);
  let rest = at - days * MICROS.d;
  const take = (unit: number): number => {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    return count;
  };
  const { year, month, day } = civilFromDays(days);
  const [hour, minute, second] = [take(MICROS.h), take(MICROS.m), take(MICROS.s)];
  const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  return `${date} ${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}.${pad(rest, 6)}+00`;
}

/**
 * The instant of a `timestamptz` as PostgreSQL writes it (DateStyle ISO, any session time zone).
 *
 * @throws Error for infinite instants, other date styles, and instants that a double cannot hold to the microsecond.
 */
export function sqlToMicros(text: string): Micros {
  const match = TIMESTAMP.exec(text);
  if (match === null) throw new Error(`not a timestamptz in ISO style within the years 1684 to 2255: "${text}"`);
  const [, year, month, day, hour, minute, second, fraction = "", sign, zoneHour, zoneMinute = "0", zoneSecond = "0"] =
    match;
  const offset =
    (Number(zoneHour) * MICROS.h + Number(zoneMinute) * MICROS.m + Number(zoneSecond) * MICROS.s) *
    (sign === "-" ? -1 : 1);
  const days = daysFromCivil(Number(year), Number(month), Number(day));
  const ofDay =
    Number(hour) * MICROS.h + Number(minute) * MICROS.m + Number(second) * MICROS.s + Number(fraction.padEnd(6, "0"));
  const at = days * MICROS.d + (ofDay - offset);
  if (!Number.isSafeInteger(at)) throw new Error(`the instant ${text} is out of range (years 1684 to 2255)`);
  return at;
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, "0");
}

// Days of the proleptic Gregorian calendar since 1970-01-01, after Howard Hinnant's "chrono-compatible low-level date algorithms":
// years begin in March, so that the leap day is the last of its year, and are counted in eras of 400.
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}
