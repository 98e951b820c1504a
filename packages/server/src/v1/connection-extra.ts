import { maskExtra } from "@millrace/core";

/** A connection's extra as text that is JSON, written as Python's `json.dumps` writes it, with what is secret as `***`; null for an empty one. */
export function extraToV1(extra: Readonly<Record<string, unknown>>): string | null {
  return Object.keys(extra).length === 0 ? null : dumpPython(maskExtra(extra));
}

/** Spaces after commas and colons, and nothing beyond ASCII. */
function dumpPython(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(dumpPython).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => `${dumpPython(key)}: ${dumpPython(inner)}`);
    return `{${entries.join(", ")}}`;
  }
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
