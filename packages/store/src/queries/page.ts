import { MillraceError, type Page, type PageRequest } from "@millrace/core";

const DEFAULT_LIMIT = 100;
const MOST = 1_000;

/** @throws MillraceError BAD_ARGUMENT */
export function limitOf({ limit = DEFAULT_LIMIT }: PageRequest): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST)
    throw new MillraceError("BAD_ARGUMENT", `limit must be a whole number from 1 to ${MOST}, not ${limit}.`);
  return limit;
}

/** The key in a cursor, undefined at the start of a list. @throws MillraceError BAD_ARGUMENT when no list of ours made it. */
export function keyAfter<Key extends readonly (string | number)[]>({ after }: PageRequest): Key | undefined {
  if (after === undefined) return undefined;
  try {
    const key: unknown = JSON.parse(Buffer.from(after, "base64url").toString());
    if (Array.isArray(key)) return key as unknown as Key;
  } catch {
    // Said below for all that is no cursor.
  }
  throw new MillraceError("BAD_ARGUMENT", `"${after}" is no cursor: pass "next" of the page before, unchanged.`);
}

/** Makes a page of `limit` items from at most one more than that. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  { item, key }: { readonly item: (row: Row) => Item; readonly key: (row: Row) => readonly (string | number)[] },
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const items = shown.map(item);
  if (rows.length <= limit || last === undefined) return { items };
  return { items, next: pageAfter(key(last)) };
}

/** The cursor of what comes after a key. */
export function pageAfter(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}
