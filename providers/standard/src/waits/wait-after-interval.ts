import { operator, parseDuration, parseInstant, type Context, type Duration } from "@millrace/core";
import { waitForInstant, type WaitedUntil } from "./wait-for-instant.ts";

/** Options of {@link waitAfterInterval}. */
export interface WaitAfterIntervalOptions {
  readonly delay: Duration;
}

/**
 * Waits until so much time has passed after the end of the run's data interval, without holding a slot; for data that comes late.
 *
 * @throws MillraceError BAD_ARGUMENT for a delay that is none.
 * @example waitAfterInterval({ delay: "2h" })
 */
export const waitAfterInterval = operator({
  name: "WaitAfterIntervalOperator",
  color: "#ffd7a8",
  doc: [
    "Waits until so much time has passed after the end of the run's data interval, without holding a slot; for data that comes late. Runs that catch up do not",
    "wait.",
    "",
    "**Result**: `{ until }`.",
  ].join("\n"),
  schema: {
    type: "object",
    required: ["delay"],
    additionalProperties: false,
    properties: {
      delay: { type: "string", minLength: 1, description: "After the end of the data interval: `30m`, `2h`." },
    },
  },
  run: ({ delay }: WaitAfterIntervalOptions, ctx: Context): WaitedUntil =>
    waitForInstant(parseInstant(ctx.dataInterval.end) + parseDuration(delay), ctx),
});
