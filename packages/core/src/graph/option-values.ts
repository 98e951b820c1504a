import { reading, type Place } from "../dsl/build-error.ts";
import { parseDuration } from "../model/duration.ts";
import { parseInstant } from "../model/instant-text.ts";
import type { Micros } from "../model/instant.ts";

type Known<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The parts of an object that are not `undefined`: a graph is compared as JSON, which has no `undefined`. */
export function known<T extends object>(fields: T): Known<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Known<T>;
}

/** A length of time of an option. */
export function durationOf(place: Place, option: string, text: string | undefined): Micros | undefined {
  return text === undefined ? undefined : reading(place, option, () => parseDuration(text));
}

/** An instant of an option; without an offset on the wall of `zone`. */
export function instantOf(
  place: Place,
  option: { readonly name: string; readonly text?: string },
  zone: string,
): Micros | undefined {
  const { name, text } = option;
  return text === undefined ? undefined : reading(place, name, () => parseInstant(text, zone));
}
