import { formatInstant } from "./instant-text.ts";
import { MICROS, type Micros } from "./instant.ts";
import { openZone } from "./zone.ts";

/**
 * Writes an instant as the wall of a zone shows it, with its offset: `2026-03-29T03:00:00+02:00`.
 *
 * @throws MillraceError BAD_SCHEDULE when there is no such zone.
 */
export function formatInZone(instant: Micros, zone: string): string {
  const { offset } = openZone(zone).stretchAt(instant);
  return `${formatInstant(instant + offset).slice(0, -"+00:00".length)}${offsetText(offset)}`;
}

function offsetText(offset: Micros): string {
  const minutes = Math.round(Math.abs(offset) / MICROS.m);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
