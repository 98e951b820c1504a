import { formatInstant, MICROS, MillraceError, parseDuration, parseInstant, type Duration } from "@millrace/core";
import type { DeltaTable } from "../open-delta.ts";

/** How old the newest data of a table are, and that they are not too old. */
export interface DeltaFreshness {
  readonly status: "success";
  readonly path: string;
  /** The version that brought the newest data; with `column`, the one that was looked at. */
  readonly version: number;
  /** When that version was committed, RFC 3339; with `column`, its largest value. */
  readonly committedAt: string;
  readonly ageMinutes: number;
  readonly maxAgeMinutes: number;
  /** RFC 3339. */
  readonly checkedAt: string;
  /** False when the log does not go back to the commit that brought the data; then version and time are those that it is at most. */
  readonly exact: boolean;
}

/** What {@link checkFreshness} asks. */
export interface FreshnessQuestion {
  /** Without a number of minutes in it: `30m`, `2h`. */
  readonly maxAge: Duration;
  /** RFC 3339, by the clock that counts. */
  readonly now: string;
  /** A column of times or dates whose largest value is judged, in place of the time of the newest commit. */
  readonly column?: string;
}

/**
 * Whether the newest data of a table are young enough: by the newest commit that brought rows (maintenance, `OPTIMIZE`, `VACUUM` and deletions do not count), or
 * by the largest value of a column.
 *
 * @throws MillraceError TASK_FAILED when they are too old, or the table has none; the message has both times
 */
export async function checkFreshness(
  table: DeltaTable,
  { maxAge, now, column }: FreshnessQuestion,
): Promise<DeltaFreshness> {
  const newest = column === undefined ? await table.newestData() : await newestOfColumn(table, column);
  if (newest === undefined)
    throw new MillraceError(
      "TASK_FAILED",
      `${table.url} has no data yet: ${column === undefined ? "no commit has brought any" : `no row has a ${column}`}`,
    );
  const limit = parseDuration(maxAge);
  const age = parseInstant(now) - parseInstant(newest.committedAt);
  const found: DeltaFreshness = {
    status: "success",
    path: table.url,
    ...newest,
    ageMinutes: toMinutes(age),
    maxAgeMinutes: toMinutes(limit),
    checkedAt: formatInstant(parseInstant(now)),
  };
  if (age <= limit) return found;
  const what = column === undefined ? `version ${found.version} brought the newest data` : `the newest ${column} is`;
  throw new MillraceError(
    "TASK_FAILED",
    `${table.url} is not fresh: ${what} ${found.exact ? "" : "no later than "}${found.committedAt}, ${found.ageMinutes} minutes before ${found.checkedAt}, and ${found.maxAgeMinutes} are allowed`,
    { details: { ...found, status: "stale" } },
  );
}

async function newestOfColumn(
  table: DeltaTable,
  column: string,
): Promise<{ version: number; committedAt: string; exact: boolean } | undefined> {
  const value = await table.newestValue(column);
  return value === undefined ? undefined : { version: table.version, committedAt: value, exact: true };
}

function toMinutes(micros: number): number {
  return Math.round((micros / MICROS.m) * 100) / 100;
}
