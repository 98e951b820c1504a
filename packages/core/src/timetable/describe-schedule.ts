import { formatDuration } from "../model/duration.ts";
import { CRON_PRESETS } from "./cron-calendar.ts";
import type { AssetRule, Schedule } from "./schedule.ts";

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** Says in one English sentence, without a full stop, when a schedule runs. Unusual cron expressions are quoted instead of explained. */
export function describeSchedule(schedule: Schedule): string {
  switch (schedule.kind) {
    case "none":
      return "Never, external triggers only";
    case "once":
      return "Once, as soon as possible";
    case "continuous":
      return "As frequently as possible, but only one run at a time";
    case "cron":
    case "cronTrigger":
      return `${describeCron(schedule.expression)} (${schedule.zone})`;
    case "interval":
      return `Every ${formatDuration(schedule.everyMicros)}`;
    case "events":
      return `At ${schedule.at.length} listed ${schedule.at.length === 1 ? "time" : "times"}`;
    case "assets":
      return `When ${describeRule(schedule.rule)} ${"asset" in schedule.rule ? "is" : "are"} updated`;
    case "assetsOrTime":
      return `${describeSchedule({ kind: "assets", rule: schedule.rule })}, or: ${describeSchedule(schedule.time)}`;
    case "custom":
      return `By the timetable ${schedule.name}`;
    default:
      throw new Error(`unreachable: ${schedule satisfies never}`);
  }
}

function describeRule(rule: AssetRule): string {
  if ("asset" in rule) return rule.asset;
  const parts = "any" in rule ? rule.any : rule.all;
  const words = parts.map((part) => ("asset" in part ? part.asset : `(${describeRule(part)})`));
  return words.join("any" in rule ? " or " : " and ");
}

function describeCron(expression: string): string {
  const fields = (CRON_PRESETS[expression.toLowerCase()] ?? expression).trim().split(/\s+/);
  const [minute = "", hour = "", day = "", month = "", weekday = ""] =
    fields.length === 6 && fields[0] === "0" ? fields.slice(1) : fields;
  const fallback = `At the times of cron "${expression}"`;
  if (fields.length === 6 && fields[0] !== "0") return fallback;
  const time = describeTime(minute, hour);
  const days = describeDays(day, month, weekday);
  if (time === undefined || days === undefined) return fallback;
  if (!time.startsWith("at ")) return `${capital(time)}${days === "every day" ? "" : `, ${days}`}`;
  return `${capital(days)} ${time}`;
}

function describeTime(minute: string, hour: string): string | undefined {
  const everyMinutes = /^(?:\*|\*\/(\d+))$/.exec(minute);
  if (everyMinutes !== null) {
    if (hour !== "*") return undefined;
    return everyMinutes[1] === undefined ? "every minute" : `every ${everyMinutes[1]} minutes`;
  }
  if (!/^\d+$/.test(minute)) return undefined;
  const everyHours = /^(?:\*|\*\/(\d+))$/.exec(hour);
  if (everyHours !== null) {
    const step = everyHours[1] === undefined ? "every hour" : `every ${everyHours[1]} hours`;
    return minute === "0" ? step : `${step} at minute ${minute}`;
  }
  if (!/^\d+(,\d+)*$/.test(hour)) return undefined;
  return `at ${list(hour.split(",").map((value) => `${value.padStart(2, "0")}:${minute.padStart(2, "0")}`))}`;
}

function describeDays(day: string, month: string, weekday: string): string | undefined {
  const months = month === "*" ? "" : describeList(month, (value) => MONTHS[Number(value) - 1]);
  const quarterly = month === "*/3";
  if (months === undefined && !quarterly) return undefined;
  if (day === "*" && weekday === "*") return months === "" ? "every day" : months && `every day in ${months}`;
  if (weekday === "*") {
    const dayText = day === "L" ? "the last day" : describeList(day, (value) => `day ${value}`);
    if (dayText === undefined) return undefined;
    if (quarterly) return `on ${dayText} of every quarter`;
    return `on ${dayText} of ${months === "" ? "the month" : months}`;
  }
  if (day !== "*" || months !== "") return undefined;
  const names = describeList(weekday, (value) => WEEKDAYS[Number(value)]);
  return names && `every ${names}`;
}

/** Numbers and plain ranges of them, each named by `name`; undefined when there is anything else. */
function describeList(field: string, name: (value: string) => string | undefined): string | undefined {
  const parts = field.split(",").map((part) => {
    const [from, to, more] = part.split("-").map((value) => (/^\d+$/.test(value) ? name(value) : undefined));
    if (from === undefined || more !== undefined || (part.includes("-") && to === undefined)) return undefined;
    return to === undefined ? from : `${from} to ${to}`;
  });
  const named = parts.filter((part) => part !== undefined);
  return named.length === parts.length ? list(named) : undefined;
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
