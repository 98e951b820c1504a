import { MillraceError } from "../errors.ts";
import { civilToMicros, daysInMonth, microsToCivil } from "./civil.ts";
import { MICROS, type Micros } from "./instant.ts";
import { openZone, wallToInstant } from "./zone.ts";

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:([Zz])|([+-])(\d\d)(?::?(\d\d)(?::?(\d\d))?)?)?)?$/;

/**
 * Reads an instant from ISO 8601 text: `2025-10-01`, `2025-10-01T12:30Z`, `2025-10-01 12:30:00.123456+02:00`.
 *
 * Digits beyond the microsecond are cut off. A time without an offset is read on the wall of `zone`: the first instant that shows it, or
 * the first one after the gap that skips it. A date alone is its midnight, in UTC unless `zone` says otherwise.
 *
 * @throws MillraceError BAD_ARGUMENT when the text is no such thing, its date does not exist, it lies outside 1684 to 2255, or it has a time
 * but neither an offset nor a `zone`.
 */
export function parseInstant(text: string, zone?: string): Micros {
  const match = ISO.exec(text.trim());
  if (match === null)
    throw badInstant(text, "write it like 2025-10-01T12:30:00Z, 2025-10-01T12:30:00.123456+02:00 or 2025-10-01");
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((digits) => Number(digits ?? 0));
  const micro = Number((match[7] ?? "").slice(0, 6).padEnd(6, "0"));
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
    throw badInstant(text, "there is no such date");
  if (hour > 23 || minute > 59 || second > 59) throw badInstant(text, "there is no such time of day");
  const wall = civilToMicros({ year, month, day, hour, minute, second, micro });
  const instant = instantOfText(text, match, { wall, zone });
  if (!Number.isSafeInteger(instant))
    throw badInstant(text, "only the years 1684 to 2255 can be kept to the microsecond");
  return instant;
}

/**
 * Writes an instant as RFC 3339 text in UTC, as Python's `isoformat` does: `2025-10-01T00:00:00+00:00`, with six digits of fraction only when
 * there is one: `2025-10-01T00:00:00.000001+00:00`.
 */
export function formatInstant(instant: Micros): string {
  const civil = microsToCivil(instant);
  const date = `${pad(civil.year, 4)}-${pad(civil.month, 2)}-${pad(civil.day, 2)}`;
  const time = `${pad(civil.hour, 2)}:${pad(civil.minute, 2)}:${pad(civil.second, 2)}`;
  return `${date}T${time}${civil.micro === 0 ? "" : `.${pad(civil.micro, 6)}`}+00:00`;
}

function instantOfText(
  text: string,
  match: RegExpExecArray,
  at: { readonly wall: Micros; readonly zone: string | undefined },
): Micros {
  if (match[8] !== undefined) return at.wall;
  if (match[9] === undefined) {
    if (at.zone !== undefined) return wallToInstant(openZone(at.zone), at.wall);
    if (match[4] === undefined) return at.wall;
    throw badInstant(text, "it has no offset; end it with Z for UTC or with an offset like +02:00");
  }
  const [hours = 0, minutes = 0, seconds = 0] = match.slice(10, 13).map((digits) => Number(digits ?? 0));
  if (hours > 23 || minutes > 59 || seconds > 59) throw badInstant(text, "there is no such offset");
  const offset = hours * MICROS.h + minutes * MICROS.m + seconds * MICROS.s;
  return match[9] === "-" ? at.wall + offset : at.wall - offset;
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}

function badInstant(text: string, hint: string): MillraceError {
  return new MillraceError("BAD_ARGUMENT", `"${text}" is not an instant: ${hint}`, { details: { text } });
}
