import { MillraceError } from "../errors.ts";
import { MICROS, type Duration, type Micros } from "./instant.ts";

const DURATION = /^(\d+)(?:\.(\d+))?(ms|s|m|h|d)$/;

/**
 * Reads a length of time: a number and one of `ms`, `s`, `m`, `h`, `d` (a day has 24 hours). Rounded to the microsecond.
 *
 * @throws MillraceError BAD_ARGUMENT when the text is anything else or longer than about 285 years.
 */
export function parseDuration(text: string): Micros {
  const match = DURATION.exec(text.trim());
  if (match === null) throw badDuration(text);
  const unit = MICROS[match[3] as keyof typeof MICROS];
  // The halves are multiplied apart: as one double, a large number of milliseconds would lose its microseconds.
  const micros = Number(match[1]) * unit + Math.round(Number(`0.${match[2] ?? "0"}`) * unit);
  if (!Number.isSafeInteger(micros)) throw badDuration(text);
  return micros;
}

/** Writes a length of time in the largest unit that gives a whole number: `90s`, `2h`, `1d`; below a millisecond as `0.001ms`. */
export function formatDuration(micros: Micros): Duration {
  const units = ["d", "h", "m", "s", "ms"] as const;
  const unit = micros === 0 ? "s" : units.find((candidate) => micros % MICROS[candidate] === 0);
  if (unit !== undefined) return `${micros / MICROS[unit]}${unit}`;
  const whole = Math.floor(micros / MICROS.ms);
  const fraction = String(micros - whole * MICROS.ms)
    .padStart(3, "0")
    .replace(/0+$/, "");
  return `${whole}.${fraction}ms` as Duration;
}

function badDuration(text: string): MillraceError {
  return new MillraceError(
    "BAD_ARGUMENT",
    `"${text}" is not a length of time: write a number and ms, s, m, h or d, like 500ms, 30s, 1.5h or 1d (285 years at most)`,
    {
      details: { text },
    },
  );
}
