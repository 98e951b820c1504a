import { formatInstant, parseInstant } from "@millrace/core";
import { readHistory } from "../history/read-history.ts";
import { activeFiles } from "../log/active-files.ts";
import type { TableSource } from "../log/table-state.ts";

/** The newest commit that brought rows. */
export interface NewestData {
  readonly version: number;
  /** RFC 3339. */
  readonly committedAt: string;
  /** False when the log does not go back so far: then version and time are those that it is at most. */
  readonly exact: boolean;
}

/** Looks for the newest commit that brought rows; undefined when the table has none and its log begins with its creation. */
export async function newestData({
  storage,
  segment,
}: Pick<TableSource, "storage" | "segment">): Promise<NewestData | undefined> {
  let oldest: { readonly version: number; readonly committedAt: string } | undefined;
  for await (const { version, committedAt, broughtData } of readHistory(storage, segment.version)) {
    if (broughtData) return { version, committedAt, exact: true };
    oldest = { version, committedAt };
  }
  if (oldest?.version === 0) return undefined;
  // Only maintenance is left in the log: the data came before it, and no later than the files that it lies in were written.
  let newestFileMs = 0;
  for await (const { modificationTime } of activeFiles({ storage, segment }))
    newestFileMs = Math.max(newestFileMs, Number(modificationTime ?? 0));
  if (newestFileMs === 0) return undefined;
  const filesAt = newestFileMs * 1_000;
  const latest = oldest === undefined ? filesAt : Math.min(filesAt, parseInstant(oldest.committedAt));
  return { version: (oldest?.version ?? segment.version + 1) - 1, committedAt: formatInstant(latest), exact: false };
}
