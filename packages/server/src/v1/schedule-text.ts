import type { V1ScheduleInterval } from "@millrace/api";
import type { AssetRule, Schedule, TimeSchedule } from "@millrace/core";
import { timeDelta } from "./time-delta.ts";

/** A schedule as API v1 shows it: an interval, the text of a cron expression or a word for another timetable, null for none. */
export function v1Schedule(schedule: Schedule): V1ScheduleInterval {
  if (schedule.kind === "none") return null;
  if (schedule.kind === "interval") return timeDelta(schedule.everyMicros);
  return { __type: "CronExpression", value: textOf(schedule) };
}

function textOf(schedule: Exclude<Schedule, { kind: "none" }>): string {
  switch (schedule.kind) {
    case "assets":
      return "Dataset";
    case "assetsOrTime":
      return `Dataset or ${textOf(schedule.time)}`;
    default:
      return timeText(schedule);
  }
}

function timeText(schedule: TimeSchedule): string {
  switch (schedule.kind) {
    case "once":
    case "continuous":
      return `@${schedule.kind}`;
    case "cron":
    case "cronTrigger":
      return schedule.expression;
    case "interval":
      return `every ${schedule.everyMicros / 1_000_000} s`;
    case "events":
      return `${schedule.at.length} events`;
    case "custom":
      return schedule.name;
    default:
      throw new Error(`unreachable: ${schedule satisfies never}`);
  }
}

/** Which updates of datasets start a run, as API v1 shows it; null for DAGs that follow none. */
export function v1DatasetExpression(schedule: Schedule): Readonly<Record<string, unknown>> | null {
  if (schedule.kind !== "assets" && schedule.kind !== "assetsOrTime") return null;
  const { rule } = schedule;
  return "asset" in rule ? { all: [rule.asset] } : (expressionOf(rule) as Readonly<Record<string, unknown>>);
}

function expressionOf(rule: AssetRule): unknown {
  if ("asset" in rule) return rule.asset;
  return "any" in rule ? { any: rule.any.map(expressionOf) } : { all: rule.all.map(expressionOf) };
}
