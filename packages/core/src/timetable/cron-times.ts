// How cron meets clock changes.
// A cron with fixed hours runs once per wall time: where the clock skips the time, at the first instant after the gap (several skipped times
// and the time of the gap's end itself are then one run); where the clock shows it twice, at the first.
// A cron that steps through hours runs at every instant whose wall time matches: not in a gap, twice in an overlap.
import type { Micros } from "../model/instant.ts";
import { openZone, wallToInstant, type Zone } from "../model/zone.ts";
import { openCronCalendar, type CronCalendar } from "./cron-calendar.ts";

const CRONS_KEPT = 2_048;
const SPANS_KEPT = 4;

/** The times of a cron expression in a time zone, both ways; {@link after} and {@link atOrBefore} always agree with each other. */
export interface CronTimes {
  /** The first time after `instant`; undefined beyond the year 2255. */
  after(instant: Micros): Micros | undefined;
  /** The last time not after `instant`; undefined before the year 1684. */
  atOrBefore(instant: Micros): Micros | undefined;
}

/** Two neighbouring times: nothing happens between them. */
interface Span {
  readonly from: Micros;
  readonly to: Micros;
}

/** A memo, not state: what it holds depends on nothing but expression and zone. Reading an expression costs about 0.1 ms. */
const compiled = new Map<string, CronTimes>();

/**
 * Reads a cron expression in a time zone; cheap for one that was read before.
 *
 * @throws MillraceError BAD_SCHEDULE naming what cannot be read.
 */
export function compileCron(expression: string, zone: string): CronTimes {
  const key = `${zone} ${expression}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const times = new SpannedCronTimes(openCronCalendar(expression), openZone(zone));
  if (compiled.size >= CRONS_KEPT) compiled.clear();
  compiled.set(key, times);
  return times;
}

/** Remembers the spans asked about last, since a scheduler asks about the same one until its end has come. */
class SpannedCronTimes implements CronTimes {
  readonly #calendar: CronCalendar;
  readonly #zone: Zone;
  readonly #spans: Span[] = [];

  constructor(calendar: CronCalendar, zone: Zone) {
    this.#calendar = calendar;
    this.#zone = zone;
  }

  after(instant: Micros): Micros | undefined {
    return this.#spanAround(instant).to;
  }

  atOrBefore(instant: Micros): Micros | undefined {
    return this.#spanAround(instant).from;
  }

  #spanAround(instant: Micros): Partial<Span> {
    const known = this.#spans.find((span) => span.from <= instant && instant < span.to);
    if (known !== undefined) return known;
    const to = this.#step(this.#calendar.stepsThroughHours ? matchAfter : fixedAfter, instant);
    const isTime = this.#spans.some((span) => span.to === instant);
    const from = isTime
      ? instant
      : this.#step(this.#calendar.stepsThroughHours ? matchBefore : fixedBefore, to ?? instant + 1);
    if (from === undefined || to === undefined)
      return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
    if (this.#spans.length >= SPANS_KEPT) this.#spans.shift();
    const span = { from, to };
    this.#spans.push(span);
    return span;
  }

  #step(walk: Walk, instant: Micros): Micros | undefined {
    const found = walk(this.#calendar, this.#zone, instant);
    return found !== undefined && Number.isSafeInteger(found) ? found : undefined;
  }
}

type Walk = (calendar: CronCalendar, zone: Zone, instant: Micros) => Micros | undefined;

/** Wall times map to instants in order (never falling), so the first one that lands after `instant` is the answer. */
function fixedAfter(calendar: CronCalendar, zone: Zone, instant: Micros): Micros | undefined {
  let wall = calendar.after(instant + zone.stretchAt(instant).offset);
  while (wall !== undefined) {
    const time = wallToInstant(zone, wall);
    if (time > instant) return time;
    wall = calendar.after(wall);
  }
  return undefined;
}

/**
 * Right for an `instant` that is itself a time: then every earlier time has an earlier wall time. Elsewhere, in the second pass of an overlap,
 * wall times later than the one shown belong to the past.
 */
function fixedBefore(calendar: CronCalendar, zone: Zone, instant: Micros): Micros | undefined {
  let wall = calendar.before(instant + zone.stretchAt(instant).offset);
  while (wall !== undefined) {
    const time = wallToInstant(zone, wall);
    if (time < instant) return time;
    wall = calendar.before(wall);
  }
  return undefined;
}

function matchAfter(calendar: CronCalendar, zone: Zone, instant: Micros): Micros | undefined {
  let stretch = zone.stretchAt(instant);
  let after = instant;
  for (;;) {
    const wall = calendar.after(after + stretch.offset);
    if (wall === undefined || wall - stretch.offset < stretch.to)
      return wall === undefined ? undefined : wall - stretch.offset;
    after = stretch.to - 1;
    stretch = zone.stretchAt(stretch.to);
  }
}

function matchBefore(calendar: CronCalendar, zone: Zone, instant: Micros): Micros | undefined {
  let stretch = zone.stretchAt(instant - 1);
  let before = instant;
  for (;;) {
    const wall = calendar.before(before + stretch.offset);
    if (wall === undefined || wall - stretch.offset >= stretch.from)
      return wall === undefined ? undefined : wall - stretch.offset;
    before = stretch.from;
    stretch = zone.stretchAt(stretch.from - 1);
  }
}
