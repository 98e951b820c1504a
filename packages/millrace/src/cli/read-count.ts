import { MillraceError } from "@millrace/core";

/** A whole number from an option. @throws MillraceError BAD_ARGUMENT naming the option and the range */
export function readCount(option: string, text: string, [least, most]: readonly [number, number]): number {
  const number = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new MillraceError("BAD_ARGUMENT", `${option} must be a whole number from ${least} to ${most}, not ${text}`);
}
