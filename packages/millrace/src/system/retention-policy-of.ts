import type { RetentionPolicy } from "@millrace/core";
import type { Config } from "../config.ts";

const DAY_MICROS = 86_400_000_000;

/** What the configuration says about DAGs that say nothing else themselves. */
export function retentionPolicyOf({ retention }: Pick<Config, "retention">): RetentionPolicy {
  const { runsDays, maxRuns, logsDays, maxRunsWithLogs } = retention;
  const orNull = (value: number): number | null => (value === 0 ? null : value);
  return {
    runsMicros: orNull(runsDays * DAY_MICROS),
    maxRuns: orNull(maxRuns),
    logsMicros: orNull(logsDays * DAY_MICROS),
    maxRunsWithLogs: orNull(maxRunsWithLogs),
  };
}

/** How long deliveries of webhooks are kept; null = for ever. */
export function deliveriesMicrosOf({ retention }: Pick<Config, "retention">): number | null {
  const { webhookDeliveriesDays } = retention;
  return webhookDeliveriesDays === 0 ? null : webhookDeliveriesDays * DAY_MICROS;
}

/** How long entries of the audit are kept; null = for ever. */
export function auditMicrosOf({ retention }: Pick<Config, "retention">): number | null {
  const { auditDays } = retention;
  return auditDays === 0 ? null : auditDays * DAY_MICROS;
}
