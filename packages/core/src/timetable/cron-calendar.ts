// The one place where croner, and with it `Date`, is used. It is asked in UTC only, as a calendar without a zone: its `Date`s are wall times
// cut to the second, which is as fine as cron goes, so nothing is lost. Clock changes are the business of `cron-times.ts`.
import { Cron } from "croner";
import { MillraceError } from "../errors.ts";
import { MICROS, type Micros } from "../model/instant.ts";

const FIELDS = [
  { name: "second", allowed: "0 to 59" },
  { name: "minute", allowed: "0 to 59" },
  { name: "hour", allowed: "0 to 23" },
  { name: "day of month", allowed: "1 to 31 and L" },
  { name: "month", allowed: "1 to 12 and JAN to DEC" },
  { name: "day of week", allowed: "0 to 7 and SUN to SAT" },
];

/** What the `@` names stand for. */
export const CRON_PRESETS: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@quarterly": "0 0 1 */3 *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

/** A cron expression on a wall clock that never changes. Walls are microseconds since 1970-01-01T00:00 on that wall. */
export interface CronCalendar {
  /** True when the hour field steps (`*`, a `/`, all 24): such a cron follows elapsed time through a clock change, others the wall clock. */
  readonly stepsThroughHours: boolean;
  /** The first match after `wall`; undefined when there is none any more. */
  after(wall: Micros): Micros | undefined;
  /** The last match before `wall`. */
  before(wall: Micros): Micros | undefined;
}

/**
 * Reads a cron expression: five fields (minute, hour, day of month, month, day of week), six with seconds first, or a preset.
 *
 * Fields take lists, ranges, steps (`5/15` counts from 5 on), English names, `L` (last), `W` (nearest weekday), `5#2` (second Friday), `5L` and
 * `L5` (last Friday); 0 and 7 are Sunday. When both days are given, either is enough.
 *
 * @throws MillraceError BAD_SCHEDULE naming the text, the field and its column.
 */
export function openCronCalendar(expression: string): CronCalendar {
  const fields = splitFields(expression);
  let cron: Cron;
  try {
    cron = openCron(fields);
  } catch (cause) {
    throw explain(expression, fields, cause);
  }
  // The rarest date that exists, a certain weekday on 29 February, comes back within 40 years.
  if (cron.nextRun(new Date(0)) === null) throw badCron(expression, "no date ever matches it");
  return {
    stepsThroughHours: /[*?/]|^0-23$/.test(fields.at(-4) ?? ""),
    after: (wall) => toMicros(cron.nextRun(new Date(Math.floor(wall / MICROS.s) * 1_000))),
    before: (wall) => toMicros(cron.previousRuns(1, new Date(Math.ceil(wall / MICROS.s) * 1_000))[0]),
  };
}

function splitFields(expression: string): readonly string[] {
  const text = expression.trim();
  const preset = CRON_PRESETS[text.toLowerCase()];
  if (preset !== undefined) return preset.split(" ");
  if (text.startsWith("@"))
    throw badCron(
      expression,
      `there is no such preset; the presets are ${Object.keys(CRON_PRESETS).join(" ")} @once @continuous`,
    );
  const fields = text.split(/\s+/);
  if (text === "" || fields.length < 5 || fields.length > 6) {
    throw badCron(
      expression,
      `it has ${text === "" ? 0 : fields.length} fields; write 5 (minute, hour, day of month, month, day of week) or 6 (second first)`,
    );
  }
  return fields;
}

function openCron(fields: readonly string[]): Cron {
  // croner knows the last Friday as 5#L; Airflow's users write L5.
  const weekdays = (fields.at(-1) ?? "").replace(/(^|,)L([0-7]|[a-z]{3})(?=,|$)/gi, "$1$2#L");
  return new Cron([...fields.slice(0, -1), weekdays].join(" "), {
    paused: true,
    utcOffset: 0,
    mode: "5-or-6-parts",
    sloppyRanges: true,
  });
}

/** Tries each field alone, because croner's message does not always say which one it dislikes. */
function explain(expression: string, fields: readonly string[], cause: unknown): MillraceError {
  const guilty = fields.findIndex((field, position) => {
    try {
      openCron(fields.map((_, other) => (other === position ? field : "*")));
      return false;
    } catch {
      // The reason is told with the whole expression's error.
      return true;
    }
  });
  const reason = cause instanceof Error ? cause.message.replace(/^CronPattern: /, "") : String(cause);
  const field = fields[guilty];
  if (field === undefined) return badCron(expression, reason, cause);
  const { name, allowed } = FIELDS[guilty + FIELDS.length - fields.length] ?? { name: "", allowed: "" };
  const place = `${name} "${field}" (field ${guilty + 1}, column ${columnOf(expression, guilty)})`;
  return badCron(expression, `${place}: ${backwardsRange(field) ?? clean(reason, allowed)}`, cause);
}

function backwardsRange(field: string): string | undefined {
  const range = /(\d+)-(\d+)/.exec(field);
  return range !== null && Number(range[1]) > Number(range[2])
    ? `the range ${range[0]} runs backwards; write it as two ranges`
    : undefined;
}

/** croner counts days and months from 0 in some of its messages, so its numbers would mislead. */
function clean(reason: string, allowed: string): string {
  return /invalid value|illegal characters|not a number/i.test(reason)
    ? `allowed are ${allowed}, with * , - / between them`
    : reason;
}

function columnOf(expression: string, position: number): number {
  const words = [...expression.matchAll(/\S+/g)];
  return (words[position]?.index ?? 0) + 1;
}

function badCron(expression: string, reason: string, cause?: unknown): MillraceError {
  return new MillraceError("BAD_SCHEDULE", `cron expression "${expression}" cannot be read: ${reason}`, {
    details: { expression },
    cause,
  });
}

function toMicros(date: Date | null | undefined): Micros | undefined {
  return date === null || date === undefined ? undefined : date.getTime() * MICROS.ms;
}
