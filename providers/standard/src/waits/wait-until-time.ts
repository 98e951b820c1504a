import { MillraceError, operator, parseInstant, type Context } from "@millrace/core";
import { waitForInstant, type WaitedUntil } from "./wait-for-instant.ts";

/** Options of {@link waitUntilTime}. */
export interface WaitUntilTimeOptions {
  /** Time of day: `09:00` or `09:00:30`. */
  readonly time: string;
  /** Default `UTC`. */
  readonly zone?: string;
}

/**
 * Waits until a time of day, without holding a slot: on the day, in `zone`, on which the data interval of the run ends. A time that has passed is
 * waited for no more, so runs that catch up do not wait. The same in every try.
 *
 * @throws MillraceError BAD_ARGUMENT for a time that is none, BAD_SCHEDULE for a zone that is none.
 * @example waitUntilTime({ time: "09:00", zone: "Europe/Berlin" })
 */
export const waitUntilTime = operator({
  name: "WaitUntilTimeOperator",
  color: "#ffd7a8",
  doc: [
    "Waits until a time of day, without holding a slot: on the day (in `zone`) on which the data interval of the run ends, which for a run on time is the day on",
    "which it starts. A time that has passed is waited for no more, so runs that catch up do not wait.",
    "",
    "**Result**: `{ until }`.",
  ].join("\n"),
  templated: ["time", "zone"],
  schema: {
    type: "object",
    required: ["time"],
    additionalProperties: false,
    properties: {
      time: { type: "string", minLength: 1, description: "Time of day: `09:00` or `09:00:30`." },
      zone: { type: "string", minLength: 1, default: "UTC", description: "IANA time zone." },
    },
  },
  run: ({ time, zone = "UTC" }: WaitUntilTimeOptions, ctx: Context): WaitedUntil => {
    if (!/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(time))
      throw new MillraceError("BAD_ARGUMENT", `"${time}" is not a time of day: write it like 09:00 or 17:30:15`);
    return waitForInstant(parseInstant(`${dayOf(ctx.dataInterval.end, zone)}T${time}`, zone), ctx);
  },
});

/** The date that the calendar on the wall of `zone` shows. */
function dayOf(instant: string, zone: string): string {
  // Throws for a zone that is none, and says what one is.
  parseInstant("2025-01-01T00:00", zone);
  const parts = new Intl.DateTimeFormat("en-u-ca-iso8601", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).formatToParts(new Date(instant));
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}
