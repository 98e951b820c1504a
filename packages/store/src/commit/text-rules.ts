import { MillraceError } from "@millrace/core";

/** A text longer than this is refused before it is sent: the worker's own limits are far below. */
const LONGEST_TEXT = 16 * 1024 * 1024;

/** Where a value would have gone, for the message and for splitting a batch (R11). */
export interface ValuePlace {
  /** 0: it belongs to no run yet. */
  readonly runId: number;
  readonly taskId?: string;
  readonly mapIndex?: number;
  readonly column: string;
}

/** Makes text that people wrote storable: NUL and halves of surrogate pairs become U+FFFD, what is too long is cut. */
export function cleanText(text: string): string {
  const cut = text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT) : text;
  const whole = cut.isWellFormed() ? cut : cut.toWellFormed();
  return whole.includes("\0") ? whole.replaceAll("\0", "\uFFFD") : whole;
}

/** An escaped backslash, which is no beginning of an escape; NUL; half of a surrogate pair, which `JSON.stringify` escapes when it stands alone. */
const ESCAPES = /\\\\|\\u0000|\\ud[89a-f][\da-f]{2}/g;

/** JSON text that PostgreSQL can read as JSON: what {@link cleanText} does, for the texts and keys in a value. */
export function cleanJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(ESCAPES, (found) => (found === "\\\\" ? found : "\uFFFD"));
}

/** Text that must not be altered (ids, JSON): says why the database would refuse it, `undefined` when it would not. */
function whyNotStorable(text: string): string | undefined {
  if (text.length > LONGEST_TEXT) return `it has ${text.length} characters, more than ${LONGEST_TEXT}`;
  if (!text.isWellFormed()) return "it holds half of a surrogate pair";
  return text.includes("\0") ? "it holds the character NUL" : undefined;
}

/** @throws MillraceError DATA_REJECTED, always. `details` hold the place. */
export function refuseValue(place: ValuePlace, why: string): never {
  const instance =
    place.taskId === undefined
      ? ""
      : ` of task ${JSON.stringify(place.taskId)}${place.mapIndex === undefined || place.mapIndex < 0 ? "" : `[${place.mapIndex}]`}`;
  const run = place.runId === 0 ? "" : ` in run ${place.runId}`;
  throw new MillraceError("DATA_REJECTED", `${place.column}${instance}${run} cannot be stored: ${why}.`, {
    details: { ...place },
  });
}

/** @returns the text. @throws MillraceError DATA_REJECTED */
export function storable(text: string, place: ValuePlace): string {
  const why = whyNotStorable(text);
  return why === undefined ? text : refuseValue(place, why);
}

/** What people call something. @returns the text. @throws MillraceError BAD_ARGUMENT for none, DATA_REJECTED */
export function storableName(text: string, what: string): string {
  if (text === "") throw new MillraceError("BAD_ARGUMENT", `${what} must not be empty.`);
  return storable(text, { runId: 0, column: what });
}
