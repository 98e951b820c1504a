import type { RunsDiff } from "./compare-runs.ts";
import type { Json } from "./diff-json.ts";

/** A diff as programs read it: keys in snake case, as in all of the command line; the differing values as they are. */
export function diffRecord(diff: RunsDiff, source: readonly string[] | undefined): Json {
  return { ...(renamed(diff) as Readonly<Record<string, Json>>), ...(source && { source }) };
}

function renamed(value: unknown): Json {
  if (Array.isArray(value)) return value.map(renamed);
  if (typeof value !== "object" || value === null) return value as Json;
  const entries = Object.entries(value).map(([key, inner]: [string, unknown]) => [
    key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    // Values of users: their keys are theirs.
    key === "differences" ? (inner as Json) : renamed(inner),
  ]);
  return Object.fromEntries(entries) as Json;
}
