import { MillraceError } from "../errors.ts";

/** What a fault inside a template is about. */
export interface FaultPlace {
  /** The name that is not defined or not allowed. */
  readonly name?: string;
  /** Offset in the text of the template, in UTF-16 units. */
  readonly offset?: number;
}

/** A fault found inside a template; whoever knows the template turns the offset into line and column. */
export function templateFault(what: string, place: FaultPlace = {}): MillraceError {
  return new MillraceError("BAD_TEMPLATE", what, { details: { ...place } });
}

/** Line and column of an offset, from 1. */
export function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1) as string).length + 1 };
}
