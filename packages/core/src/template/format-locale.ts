import { daysInMonth, type Civil } from "../model/civil.ts";
import { MICROS } from "../model/instant.ts";
import { civilOf, wallOf } from "./date-time.ts";
import { templateFault } from "./template-fault.ts";
import type { DateTime } from "./template-value.ts";

const DEFAULT_LOCALE = "en-US";
/** Quoted text, a run of one letter, anything else. */
const PIECE = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+/g;

type NameWidth = "short" | "long" | "narrow";
type Styles = "short" | "medium" | "long" | "full";

/** What the fields of a pattern are made of. */
interface Shown {
  readonly civil: Civil;
  /** Milliseconds of the wall, as if it were UTC. */
  readonly wallMs: number;
  readonly locale: string;
}

const padded = (value: number, width: number): string => String(value).padStart(width, "0");
const twelve = (hour: number): number => hour % 12 || 12;

/** Letter of a CLDR pattern → its text, given how often it stands. */
const FIELDS: Readonly<Record<string, (shown: Shown, width: number) => string>> = {
  y: ({ civil }, width) => (width === 2 ? padded(civil.year % 100, 2) : padded(civil.year, width)),
  M: (shown, width) => monthOf(shown, width, true),
  L: (shown, width) => monthOf(shown, width, false),
  d: ({ civil }, width) => padded(civil.day, width),
  E: (shown, width) => part(shown, "weekday", { weekday: widthOf(Math.max(width, 3)) }),
  D: ({ civil }, width) => padded(dayOfYear(civil), width),
  Q: ({ civil }, width) => padded(Math.ceil(civil.month / 3), Math.min(width, 2)),
  H: ({ civil }, width) => padded(civil.hour, width),
  h: ({ civil }, width) => padded(twelve(civil.hour), width),
  m: ({ civil }, width) => padded(civil.minute, width),
  s: ({ civil }, width) => padded(civil.second, width),
  S: ({ civil }, width) => padded(civil.micro, 6).padEnd(width, "0").slice(0, width),
  a: (shown) => part(shown, "dayPeriod", { hour: "numeric", hour12: true }),
};

/**
 * A date in the words of a locale, as Babel's `format_datetime` writes it.
 *
 * @param format `short`, `medium`, `long`, `full`, or a CLDR pattern of the letters y M L d E D Q H h m s S a; text in single quotes.
 * @param locale BCP 47, also with `_`. Default `en_US`. @throws MillraceError BAD_TEMPLATE for an unknown locale or letter.
 */
export function formatLocale(value: DateTime, format: string, locale: string = DEFAULT_LOCALE): string {
  const shown: Shown = {
    civil: civilOf(value),
    wallMs: Math.floor(wallOf(value) / MICROS.ms),
    locale: checked(locale),
  };
  if (format === "short" || format === "medium" || format === "long" || format === "full") return named(shown, format);
  return format.replaceAll(PIECE, (piece, quoted: string | undefined, letter: string | undefined) => {
    if (quoted !== undefined) return quoted === "" ? "'" : quoted.replaceAll("''", "'");
    if (letter === undefined) return piece;
    const field = FIELDS[letter] as (typeof FIELDS)[string] | undefined;
    if (field === undefined)
      throw templateFault(
        `ds_format_locale() knows no "${piece}"; it takes ${Object.keys(FIELDS).join(" ")}, and other text in single quotes`,
      );
    return field(shown, piece.length);
  });
}

function checked(locale: string): string {
  const tag = locale.replaceAll("_", "-");
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    throw templateFault(`there is no locale "${locale}"; write it as de_DE or en`);
  }
}

function named({ wallMs, locale }: Shown, style: Styles): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: style, timeStyle: style, timeZone: "UTC" }).format(wallMs);
}

/** With a day beside it many languages inflect the month, by itself they do not. */
function monthOf(shown: Shown, width: number, inDate: boolean): string {
  if (width <= 2) return padded(shown.civil.month, width);
  return part(shown, "month", { month: widthOf(width), ...(inDate && { day: "numeric" }) });
}

function widthOf(letters: number): NameWidth {
  return letters === 3 ? "short" : letters === 4 ? "long" : "narrow";
}

function part({ wallMs, locale }: Shown, type: string, options: Intl.DateTimeFormatOptions): string {
  const parts = new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC", calendar: "gregory" }).formatToParts(
    wallMs,
  );
  return parts.find((one) => one.type === type)?.value ?? "";
}

function dayOfYear({ year, month, day }: Civil): number {
  const before = Array.from({ length: month - 1 }, (_, index) => daysInMonth(year, index + 1));
  return before.reduce((sum, days) => sum + days, day);
}
