import { MillraceError } from "../errors.ts";
import { parseDuration } from "../model/duration.ts";
import { compileCron } from "./cron-times.ts";
import type { AssetRule, Schedule } from "./schedule.ts";

/**
 * Reads a schedule as people write it: a cron expression of five or six fields, a preset (`@hourly @daily @weekly @monthly @quarterly
 * @yearly @once @continuous @none`), or a length of time like `15m` for an interval.
 *
 * @param zone the IANA zone that a cron expression is read in.
 * @throws MillraceError BAD_SCHEDULE naming the text and the place in it.
 */
export function parseSchedule(text: string, zone = "UTC"): Schedule {
  const word = text.trim().toLowerCase();
  if (word === "@once") return { kind: "once" };
  if (word === "@continuous") return { kind: "continuous" };
  if (word === "@none") return { kind: "none" };
  const schedule: Schedule = /^[\d.]+[a-z]+$/.test(word)
    ? { kind: "interval", everyMicros: readEvery(word) }
    : { kind: "cron", expression: text.trim().replace(/\s+/g, " "), zone };
  validateSchedule(schedule);
  return schedule;
}

/**
 * Proves that a schedule can be followed, so that it fails where it is written and not where it is due.
 *
 * @throws MillraceError BAD_SCHEDULE naming what is wrong.
 */
export function validateSchedule(schedule: Schedule): void {
  switch (schedule.kind) {
    case "none":
    case "once":
    case "continuous":
      return;
    case "cron":
      compileCron(schedule.expression, schedule.zone);
      return;
    case "cronTrigger":
      compileCron(schedule.expression, schedule.zone);
      if (!isLength(schedule.intervalMicros ?? 0))
        throw bad(
          `the data interval of a cron trigger is ${schedule.intervalMicros} microseconds; it must be a whole number from 0 up`,
        );
      return;
    case "interval":
      if (!isLength(schedule.everyMicros) || schedule.everyMicros === 0)
        throw bad(
          `an interval of ${schedule.everyMicros} microseconds is not possible; it must be a whole number above 0`,
        );
      return;
    case "events":
      validateEvents(schedule.at);
      return;
    case "custom":
      if (schedule.name === "") throw bad("a custom timetable needs a name");
      return;
    case "assets":
      validateRule(schedule.rule);
      return;
    case "assetsOrTime":
      validateRule(schedule.rule);
      validateSchedule(schedule.time);
      return;
    default:
      throw new Error(`unreachable: ${schedule satisfies never}`);
  }
}

function readEvery(text: string): number {
  try {
    return parseDuration(text);
  } catch (cause) {
    throw new MillraceError(
      "BAD_SCHEDULE",
      `"${text}" is neither a cron expression nor a length of time like 500ms, 30s, 15m, 2h or 1d`,
      { details: { text }, cause },
    );
  }
}

function isLength(micros: number): boolean {
  return Number.isSafeInteger(micros) && micros >= 0;
}

function validateEvents(at: readonly number[]): void {
  at.forEach((instant, position) => {
    if (!Number.isSafeInteger(instant))
      throw bad(`event ${position + 1} (${instant}) is not an instant in whole microseconds`);
    const before = at[position - 1];
    if (before !== undefined && before >= instant)
      throw bad(`event ${position + 1} is not after event ${position}; list each instant once, in ascending order`);
  });
}

function validateRule(rule: AssetRule): void {
  if ("asset" in rule) {
    if (rule.asset === "") throw bad("an asset rule names an asset without a URI");
    return;
  }
  const parts = "any" in rule ? rule.any : rule.all;
  if (parts.length === 0) throw bad(`an asset rule "${"any" in rule ? "any" : "all"}" lists no assets`);
  parts.forEach(validateRule);
}

function bad(message: string): MillraceError {
  return new MillraceError("BAD_SCHEDULE", message);
}
