import type { Verdict } from "../verdict.ts";

/** Verdicts as text for assertions, a line each: `warn: 1 GB free → Make room`. */
export function textOf(verdicts: readonly Verdict[]): string {
  return verdicts
    .map((verdict) => `${verdict.status}: ${verdict.fact}${"advice" in verdict ? ` → ${verdict.advice}` : ""}`)
    .join("\n");
}
