import { parseDuration } from "../model/duration.ts";
import { TRIGGER_RULES } from "../model/trigger-rule.ts";
import { badDag, reading, type Place } from "./build-error.ts";

/** Says what is wrong with a value, `undefined` when it fits. May throw what a parser throws. */
export type Check = (value: unknown) => string | undefined;

const expect = (fits: boolean, form: string): string | undefined => (fits ? undefined : `needs ${form}`);
const isWhole = (value: unknown, least: number): boolean =>
  Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= 2_147_483_647;

/** Checks for kinds of values. */
export const CHECKS = {
  any: () => undefined,
  flag: (value) => expect(typeof value === "boolean", "true or false"),
  text: (value) => expect(typeof value === "string", "a text"),
  atLeast0: (value) => expect(isWhole(value, 0), "a whole number of at least 0"),
  atLeast1: (value) => expect(isWhole(value, 1), "a whole number of at least 1"),
  whole: (value) => expect(isWhole(value, -2_147_483_648), "a whole number"),
  duration: (value) => {
    if (typeof value !== "string") return 'needs a length of time such as "30s", "5m" or "2h"';
    parseDuration(value);
    return undefined;
  },
  name: (value) =>
    expect(
      typeof value === "string" && /^[A-Za-z0-9._-]{1,250}$/.test(value),
      "1 to 250 of the characters A-Z a-z 0-9 - . _",
    ),
  rule: (value) =>
    expect(
      (TRIGGER_RULES as readonly unknown[]).includes(value) && value !== "all_done_setup_success",
      `one of ${TRIGGER_RULES.slice(0, -1).join(", ")}`,
    ),
  record: (value) => expect(typeof value === "object" && value !== null && !Array.isArray(value), "an object"),
  code: (value) => expect(typeof value === "function", "a function"),
  list: (value) => expect(Array.isArray(value), "a list"),
  texts: (value) => expect(Array.isArray(value) && value.every((text) => typeof text === "string"), "a list of texts"),
  callbacks: (value) =>
    expect((Array.isArray(value) ? value : [value]).every(isCallback), "a function, a notifier, or a list of them"),
} as const satisfies Record<string, Check>;

/** A check for one of a few words. */
export function oneOf(...words: readonly string[]): Check {
  return (value) => expect(words.includes(value as string), `one of ${words.join(", ")}`);
}

/** Checks options against a table of names. Names that are not in it are mistakes too. @throws MillraceError BAD_DAG */
export function checkOptions(options: object, checks: Readonly<Record<string, Check>>, place: Place): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, name))
      throw badDag(place, `${name} is not an option here; the options are ${Object.keys(checks).join(", ")}`);
    if (value === undefined) continue;
    const wrong = reading(place, name, () => checks[name](value));
    if (wrong) throw badDag(place, `${name}: ${wrong}, not ${show(value)}`);
  }
}

function isCallback(value: unknown): boolean {
  return (
    typeof value === "function" ||
    (typeof value === "object" && value !== null && "notify" in value && typeof value.notify === "function")
  );
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return value === null ? "null" : `a value of type ${typeof value}`;
}
