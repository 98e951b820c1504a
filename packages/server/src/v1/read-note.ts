import { Problem } from "../http/problem.ts";
import { reprPython } from "./python-text.ts";

const MOST_CHARACTERS = 1_000;

/** The text of a note; null = none. @throws Problem 400 */
export function readNote(note: string | null | undefined): string | null {
  if (note === undefined) throw refused("Missing data for required field.");
  if (note !== null && [...note].length > MOST_CHARACTERS)
    throw refused(`Longer than maximum length ${MOST_CHARACTERS}.`);
  return note;
}

function refused(complaint: string): Problem {
  return new Problem(400, { detail: reprPython({ note: [complaint] }) });
}
