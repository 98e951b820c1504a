import { formatTime, type Precision } from "./format-time.model.ts";

/** What a field of a form holds: the time on the wall of a zone, `2026-03-29T02:30`; with seconds where they are asked for. */
export function toWall(
  instant: string | undefined,
  zone: string,
  precision: Extract<Precision, "minute" | "second"> = "minute",
): string {
  if (instant === undefined || Number.isNaN(Date.parse(instant))) return "";
  return formatTime(instant, zone, precision).text.replace(" ", "T");
}

/**
 * The instant at which a wall shows a time; of two the first. A time that clocks skip is counted on from the change.
 *
 * @returns ISO text in UTC; undefined for what is no time
 */
export function fromWall(wall: string, zone: string): string | undefined {
  const asUtc = Date.parse(`${wall}Z`);
  if (wall === "" || Number.isNaN(asUtc)) return undefined;
  const offsets = [asUtc - DAY_MS, asUtc + DAY_MS].map((near) => offsetAt(near, zone));
  const fitting = offsets.map((offset) => asUtc - offset).filter((at) => at + offsetAt(at, zone) === asUtc);
  const at = fitting.length > 0 ? Math.min(...fitting) : asUtc - Math.min(...offsets);
  return new Date(at).toISOString();
}

const DAY_MS = 86_400_000;

/** By how much a zone's wall is ahead of UTC, in milliseconds. */
function offsetAt(ms: number, zone: string): number {
  const whole = Math.floor(ms / 1_000) * 1_000;
  return Date.parse(`${formatTime(whole, zone).text.replace(" ", "T")}Z`) - whole;
}
