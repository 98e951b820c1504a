import { Problem } from "../http/problem.ts";

/** Items of a page when nobody says how many, and when somebody says 0. */
const FALLBACK = 100;

/** A part of a list of API v1. */
export interface OffsetPage {
  readonly limit: number;
  readonly offset: number;
}

/**
 * Reads which part of a list is asked for.
 *
 * @param most items that a page may have; larger limits are cut silently. `Infinity` where API v1 has no maximum.
 * @throws Problem 400 for a negative limit or offset
 */
export function readPage(
  { limit = FALLBACK, offset = 0 }: { readonly limit?: number; readonly offset?: number },
  most: number,
): OffsetPage {
  if (limit < 0) throw new Problem(400, { title: "Page limit must be a positive integer" });
  if (offset < 0) throw new Problem(400, { detail: `${offset} is less than the minimum of 0 - 'offset'` });
  return { limit: Math.min(limit === 0 ? FALLBACK : limit, most), offset };
}

/** The part of a short list that is all in memory. */
export function sliceOf<T>(items: readonly T[], { limit, offset }: OffsetPage): readonly T[] {
  return items.slice(offset, offset + limit);
}
