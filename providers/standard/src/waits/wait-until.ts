import { operator, parseInstant, type Context } from "@millrace/core";
import { waitForInstant, type WaitedUntil } from "./wait-for-instant.ts";

/** Options of {@link waitUntil}. */
export interface WaitUntilOptions {
  /** ISO 8601: `2025-10-01T06:00:00Z`, or without an offset on the wall of `zone`. */
  readonly at: string;
  /** Default `UTC`. */
  readonly zone?: string;
}

/**
 * Waits until a date and time, without holding a slot. One that has passed is waited for no more.
 *
 * @throws MillraceError BAD_ARGUMENT for a time that is none, BAD_SCHEDULE for a zone that is none.
 * @example waitUntil({ at: "{{ data_interval_end | ds }}T06:00", zone: "Europe/Berlin" })
 */
export const waitUntil = operator({
  name: "WaitUntilOperator",
  color: "#ffd7a8",
  doc: [
    "Waits until a date and time, without holding a slot; one that has passed is waited for no more. Where the clocks are set forward, a time that is skipped",
    "means the first instant after the gap; where they are set back, the first of the two.",
    "",
    "**Result**: `{ until }`.",
  ].join("\n"),
  templated: ["at", "zone"],
  schema: {
    type: "object",
    required: ["at"],
    additionalProperties: false,
    properties: {
      at: {
        type: "string",
        minLength: 1,
        description: "ISO 8601: `2025-10-01T06:00:00Z`, or without an offset on the wall of `zone`.",
      },
      zone: { type: "string", minLength: 1, default: "UTC", description: "IANA time zone." },
    },
  },
  run: ({ at, zone = "UTC" }: WaitUntilOptions, ctx: Context): WaitedUntil =>
    waitForInstant(parseInstant(at, zone), ctx),
});
