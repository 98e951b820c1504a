import { defer, formatInstant, parseInstant, type Context, type Micros } from "@millrace/core";

/** What a wait for a time returns. */
export interface WaitedUntil {
  /** RFC 3339 in UTC. */
  readonly until: string;
}

/** Gives the slot back until an instant; returns at once when it has passed. The instant is the same in every try. */
export function waitForInstant(at: Micros, ctx: Pick<Context, "log" | "now">): WaitedUntil {
  const until = formatInstant(at);
  if (parseInstant(ctx.now()) >= at) return { until };
  ctx.log.info("waiting", { until });
  return defer({ until });
}
