import { MillraceError } from "@millrace/core";

/** One setting: what it is, what fits, what holds when nobody says anything. */
export interface Setting<T> {
  readonly description: string;
  readonly default: T;
  /** The default in words, where it depends on the machine. */
  readonly defaultText?: string;
  /** What fits, for people: `text`, `true or false`, `a whole number from 1 to 64`. */
  readonly fits: string;
  readonly read: (text: string) => T;
  readonly isSecret?: true;
  /** A name without `MILLRACE__` that the environment may give it by, too. */
  readonly variable?: string;
}

/** Any text. */
export const text = (fallback: string, description: string): Setting<string> => ({
  description,
  default: fallback,
  fits: "text",
  read: (value) => value,
});
/** Text, or nothing. */
export const optional = (description: string, isSecret?: true): Setting<string | undefined> => ({
  description,
  default: undefined,
  fits: "text",
  read: (value) => value,
  ...(isSecret && { isSecret }),
});
/** Several texts. */
export const list = (fallback: readonly string[], description: string): Setting<readonly string[]> => ({
  description,
  default: fallback,
  fits: "a list; in the environment with commas between",
  read: (value) =>
    value
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
});
/** True or false. */
export const flag = (fallback: boolean, description: string): Setting<boolean> => ({
  description,
  default: fallback,
  fits: "true or false",
  read: readFlag,
});
/** A whole number of a range. */
export const whole = (
  fallback: number,
  range: readonly [number, number],
  description: string,
  defaultText?: string,
): Setting<number> => ({
  description,
  default: fallback,
  fits: `a whole number from ${range[0]} to ${range[1]}`,
  read: (value) => readWhole(value, range),
  ...(defaultText !== undefined && { defaultText }),
});
/** A share. */
export const fraction = (fallback: number, description: string): Setting<number> => ({
  description,
  default: fallback,
  fits: "a number from 0 to 1",
  read: (value) => {
    const number = value.trim() === "" ? Number.NaN : Number(value);
    if (!(number >= 0 && number <= 1)) throw new MillraceError("BAD_CONFIG", "it must be a number from 0 to 1");
    return number;
  },
});
/** One of some words. */
export const choice = <const T extends string>(
  choices: readonly T[],
  fallback: T,
  description: string,
): Setting<T> => ({
  description,
  default: fallback,
  fits: choices.join(", "),
  read: (value) => readChoice(value, choices),
});

function readFlag(value: string): boolean {
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  throw new MillraceError("BAD_CONFIG", "it must be true or false");
}

function readChoice<T extends string>(value: string, choices: readonly T[]): T {
  const found = choices.find((each) => each === value);
  if (found === undefined) throw new MillraceError("BAD_CONFIG", `it must be one of ${choices.join(", ")}`);
  return found;
}

function readWhole(value: string, [least, most]: readonly [number, number]): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < least || number > most)
    throw new MillraceError("BAD_CONFIG", `it must be a whole number from ${least} to ${most}`);
  return number;
}
