import { formatInstant } from "../model/instant-text.ts";
import type { Micros } from "../model/instant.ts";
import { formatSpan } from "../model/span-text.ts";
import { openZone, type ZoneStretch } from "../model/zone.ts";
import { openCronCalendar } from "./cron-calendar.ts";
import type { DueRun, Schedule, TimeSchedule } from "./schedule.ts";

/** The zone whose wall a schedule reads its times from; UTC where it reads none. */
export function zoneOf(schedule: Schedule): string {
  const time = timeOf(schedule);
  return time?.kind === "cron" || time?.kind === "cronTrigger" ? time.zone : "UTC";
}

/** What is unusual about a run of a schedule because clocks change: sentences, none on most days. */
export function explainRun(schedule: Schedule, run: DueRun): readonly string[] {
  const time = timeOf(schedule);
  if (time?.kind !== "cron" && time?.kind !== "cronTrigger") return [];
  const zone = openZone(time.zone);
  const notes: string[] = [];
  const { runAfter, intervalStart, intervalEnd } = run;
  const here = zone.stretchAt(runAfter);
  // A zone that never changes its clocks has one stretch, which begins and ends at no instant.
  const before = Number.isFinite(here.from) ? zone.stretchAt(here.from - 1) : here;
  const after = Number.isFinite(here.to) ? zone.stretchAt(here.to) : here;
  if (runAfter === here.from && here.offset > before.offset) {
    const skipped = skippedTime(time.expression, { before, here });
    if (skipped !== undefined)
      notes.push(`${wall(skipped)} does not exist, clocks go forward to ${wall(runAfter + here.offset)}: it runs then`);
  }
  const repeated = repeatedTime(runAfter, { here, before, after });
  if (repeated) notes.push(`${wall(runAfter + here.offset)} comes twice, clocks go back: this is the ${repeated} time`);
  const change = zone.stretchAt(intervalEnd).offset - zone.stretchAt(intervalStart).offset;
  if (change !== 0 && !openCronCalendar(time.expression).stepsThroughHours) {
    const way = change > 0 ? "forward" : "back";
    notes.push(`clocks go ${way} in its data interval, which is ${formatSpan(intervalEnd - intervalStart)} long`);
  }
  return notes;
}

function timeOf(schedule: Schedule): TimeSchedule | undefined {
  switch (schedule.kind) {
    case "none":
    case "assets":
      return undefined;
    case "assetsOrTime":
      return schedule.time;
    default:
      return schedule;
  }
}

/** The first wall time of the cron in the gap that ends where `here` begins; crons that step through hours skip the gap with the hour. */
function skippedTime(
  expression: string,
  { before, here }: { readonly before: ZoneStretch; readonly here: ZoneStretch },
): Micros | undefined {
  const calendar = openCronCalendar(expression);
  if (calendar.stepsThroughHours) return undefined;
  const skipped = calendar.after(here.from + before.offset - 1);
  return skipped !== undefined && skipped < here.from + here.offset ? skipped : undefined;
}

function repeatedTime(
  at: Micros,
  { here, before, after }: { readonly here: ZoneStretch; readonly before: ZoneStretch; readonly after: ZoneStretch },
): "first" | "second" | undefined {
  const shown = at + here.offset;
  if (after.offset < here.offset && shown >= here.to + after.offset) return "first";
  return before.offset > here.offset && shown < here.from + before.offset ? "second" : undefined;
}

/** `02:30 on 2026-03-29`. */
function wall(micros: Micros): string {
  const text = formatInstant(micros);
  return `${text.slice(11, 16)} on ${text.slice(0, 10)}`;
}
