import { MICROS, type Micros } from "./instant.ts";

const DAYS_PER_ERA = 146_097;
const DAYS_TO_EPOCH = 719_468;

/** A date and time of day in the Gregorian calendar, of no particular zone. Months and days count from 1. */
export interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly micro: number;
}

/**
 * Counts the microseconds from 1970-01-01T00:00:00 to a calendar time, both read on the same wall.
 *
 * The arithmetic runs in 400-year eras whose years start in March, so the leap day is the last day of a year.
 */
export function civilToMicros(civil: Civil): Micros {
  const year = civil.month <= 2 ? civil.year - 1 : civil.year;
  const era = Math.floor(year / 400);
  const yearOfEra = year - era * 400;
  const dayOfYear = Math.floor((153 * ((civil.month + 9) % 12) + 2) / 5) + civil.day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  const days = era * DAYS_PER_ERA + dayOfEra - DAYS_TO_EPOCH;
  return days * MICROS.d + civil.hour * MICROS.h + civil.minute * MICROS.m + civil.second * MICROS.s + civil.micro;
}

/** The inverse of {@link civilToMicros}. */
export function microsToCivil(wall: Micros): Civil {
  const days = Math.floor(wall / MICROS.d);
  const rest = wall - days * MICROS.d;
  const shifted = days + DAYS_TO_EPOCH;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const dayOfEra = shifted - era * DAYS_PER_ERA;
  const leapDays = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
    hour: Math.floor(rest / MICROS.h),
    minute: Math.floor(rest / MICROS.m) % 60,
    second: Math.floor(rest / MICROS.s) % 60,
    micro: rest % MICROS.s,
  };
}

/** How many days a month of a year has. */
export function daysInMonth(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
}
