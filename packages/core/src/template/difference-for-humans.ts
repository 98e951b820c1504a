import { daysInMonth, microsToCivil, type Civil } from "../model/civil.ts";
import { MICROS, type Micros } from "../model/instant.ts";
import { wallOf } from "./date-time.ts";
import type { DateTime } from "./template-value.ts";

/** `diff_for_humans()` of pendulum: `2 days ago`, `in 3 hours`, and with `since` `2 days before`, `3 hours after`. */
export function differenceForHumans(value: DateTime, since: DateTime | undefined, now: Micros): string {
  const other = since === undefined ? now : wallOf(since);
  const own = since === undefined ? value.at : wallOf(value);
  const amount = describe(calendarDifference(Math.min(own, other), Math.max(own, other)));
  const isPast = own < other;
  if (since === undefined) return isPast ? `${amount} ago` : `in ${amount}`;
  return `${amount} ${isPast ? "before" : "after"}`;
}

/** Whole units from one wall time to a later one. */
function calendarDifference(from: Micros, to: Micros): Civil {
  const [a, b] = [microsToCivil(from), microsToCivil(to)];
  let micros =
    b.hour * MICROS.h +
    b.minute * MICROS.m +
    b.second * MICROS.s +
    b.micro -
    (a.hour * MICROS.h + a.minute * MICROS.m + a.second * MICROS.s + a.micro);
  let day = b.day - a.day;
  let months = b.year * 12 + b.month - (a.year * 12 + a.month);
  if (micros < 0) {
    micros += MICROS.d;
    day--;
  }
  if (day < 0) {
    months--;
    const before = b.month === 1 ? { year: b.year - 1, month: 12 } : { year: b.year, month: b.month - 1 };
    day += daysInMonth(before.year, before.month);
  }
  const time = microsToCivil(micros);
  return {
    year: Math.floor(months / 12),
    month: months % 12,
    day,
    hour: time.hour,
    minute: time.minute,
    second: time.second,
    micro: time.micro,
  };
}

/** The largest unit, rounded as pendulum does: 22 hours are a day, 27 days a month. */
function describe(by: Civil): string {
  const weeks = Math.floor(by.day / 7);
  const days = by.day % 7;
  if (by.year > 0) return count(by.year + (by.month > 6 ? 1 : 0), "year");
  if (by.month === 11 && by.day > 15) return count(1, "year");
  if (by.month > 0) return count(by.month + (by.day >= 27 ? 1 : 0), "month");
  if (weeks > 0) return count(weeks + (days > 3 ? 1 : 0), "week");
  if (days > 0) return count(days + (by.hour >= 22 ? 1 : 0), "day");
  if (by.hour > 0) return count(by.hour, "hour");
  if (by.minute > 0) return count(by.minute, "minute");
  return by.second > 10 ? count(by.second, "second") : "a few seconds";
}

function count(amount: number, unit: string): string {
  return `${amount} ${unit}${amount === 1 ? "" : "s"}`;
}
