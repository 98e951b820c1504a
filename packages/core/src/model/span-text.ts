import type { Micros } from "./instant.ts";

const SECOND = 1_000_000;

/** How long something took or takes, for people: `340 ms`, `8.1 s`, `2 m 5 s`, `3 h 20 m`, `4 d 1 h`. */
export function formatSpan(micros: Micros): string {
  if (micros < SECOND) return `${Math.round(micros / 1_000)} ms`;
  if (micros < 60 * SECOND) return `${(Math.floor(micros / 100_000) / 10).toFixed(1)} s`;
  const seconds = Math.round(micros / SECOND);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count], index) => index === 0 || count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}
