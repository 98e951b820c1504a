import { MillraceError } from "@millrace/core";

const UNITS: Readonly<Record<string, number>> = { "": 1, b: 1, k: 1_024, m: 1_024 ** 2, g: 1_024 ** 3, t: 1_024 ** 4 };

/** Bytes of a size as Docker writes it: `512m`, `2g`, `1073741824`. @throws MillraceError BAD_ARGUMENT */
export function sizeOf(text: string): number {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)\s*([bkmgt]?)(?:i?b)?$/i.exec(text.trim()) ?? [];
  if (digits === undefined) throw new MillraceError("BAD_ARGUMENT", `"${text}" is no size: write it like 512m or 2g`);
  return Math.round(Number(digits) * UNITS[unit.toLowerCase()]);
}
