import type { StoredValue } from "../plan/changes.ts";

/** Keeps texts that are too large for a row: a folder, S3, … Keys are paths with `/`, made of letters, digits, `.`, `_`, `=` and `-`. */
export interface BlobStore {
  /** Durable when it resolves. The same key again replaces the text. @throws MillraceError STORE_UNAVAILABLE */
  put(key: string, text: string): Promise<void>;
  /** @throws MillraceError NOT_FOUND when it was deleted (retention) or never written. */
  get(key: string): Promise<string>;
  /** Deletes everything below a path. A path without anything is fine. */
  deleteBelow(path: string): Promise<void>;
}

const MARK = "blob:";

/** What is stored in a row in place of a value that lies in the blob store. `json` tells programs that only read JSON what happened. */
export function blobReference(key: string, bytes: number): StoredValue {
  return { json: JSON.stringify({ blob: key, bytes }), meta: `${MARK}${key}` };
}

/** The key that {@link blobReference} was made with; undefined for a value that is stored inline. */
export function findBlobKey(value: StoredValue): string | undefined {
  return value.meta?.startsWith(MARK) === true ? value.meta.slice(MARK.length) : undefined;
}
