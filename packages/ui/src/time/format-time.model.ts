/** Zones that people choose from beside their own; the picker also takes any other IANA name. */
export const LOCAL_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** How exact a time is shown. */
export type Precision = "day" | "minute" | "second" | "millisecond";

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterFor(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    timeZoneName: "short",
  });
  formatters.set(zone, made);
  return made;
}

/** An instant of the API in a zone: `2025-10-01 02:00:00`, and the zone's name at that time, like `CEST`. */
export function formatTime(
  instant: string | number,
  zone: string,
  precision: Precision = "second",
): { readonly text: string; readonly zone: string } {
  const ms = typeof instant === "number" ? instant : Date.parse(instant);
  if (Number.isNaN(ms)) return { text: String(instant), zone: "" };
  const part = Object.fromEntries(
    formatterFor(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
  const day = `${part["year"]?.padStart(4, "0")}-${part["month"]}-${part["day"]}`;
  const minute = `${day} ${part["hour"]}:${part["minute"]}`;
  const texts: Record<Precision, string> = {
    day,
    minute,
    second: `${minute}:${part["second"]}`,
    millisecond: `${minute}:${part["second"]}.${part["fractionalSecond"]}`,
  };
  return { text: texts[precision], zone: part["timeZoneName"] ?? zone };
}

/** A stretch of data in a zone, to the minute: `2025-10-01 02:00`, `03:00`, `CEST`; the end has its date only where that is another one. */
export function formatStretch(
  start: string,
  end: string,
  zone: string,
): { readonly from: string; readonly until: string; readonly zone: string } {
  const [from, until] = [formatTime(start, zone, "minute"), formatTime(end, zone, "minute")];
  const isSameDay = from.text.slice(0, 10) === until.text.slice(0, 10);
  const ownZone = from.zone === until.zone ? "" : ` ${from.zone}`;
  return { from: from.text + ownZone, until: isSameDay ? until.text.slice(11) : until.text, zone: until.zone };
}

/** Whether a text names a zone that this browser knows. */
export function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).format(0) !== "";
  } catch {
    return false;
  }
}

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** How far away an instant is: `3 minutes ago`, `in 2 hours`, `now`. */
export function formatDistance(instant: string | number, nowMs: number): string {
  const seconds = ((typeof instant === "number" ? instant : Date.parse(instant)) - nowMs) / 1_000;
  const format = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size);
  return unit ? format.format(Math.round(seconds / unit[1]), unit[0]) : format.format(Math.round(seconds), "second");
}

/** A duration in seconds, in the two units that matter: `1h 05m`, `3m 20s`, `4.2s`, `85ms`. */
export function formatDuration(seconds: number): string {
  if (seconds < 0) return `-${formatDuration(-seconds)}`;
  if (seconds < 1) return `${Math.round(seconds * 1_000)}ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  if (whole < 3_600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  if (whole < 86_400) return `${Math.floor(whole / 3_600)}h ${two(Math.floor((whole % 3_600) / 60))}m`;
  return `${Math.floor(whole / 86_400)}d ${two(Math.floor((whole % 86_400) / 3_600))}h`;
}

/** Seconds from one instant to another; to now where the second is missing; undefined without the first. */
export function secondsBetween(from: string | undefined, to: string | undefined, nowMs: number): number | undefined {
  if (from === undefined) return undefined;
  return Math.max(0, ((to === undefined ? nowMs : Date.parse(to)) - Date.parse(from)) / 1_000);
}
