import { probeNotifications } from "@millrace/store";
import { makeCheck } from "../check.ts";
import { showMs } from "../percentile.ts";
import { ok, warn, type Verdict } from "../verdict.ts";

const LIMIT_MS = 2_000;

/** Whether connections are sessions, and after how long a notification arrived in one. */
export interface NotificationFacts {
  /** False behind pgbouncer in transaction mode. */
  readonly hasSessions: boolean;
  /** Absent when none arrived. */
  readonly arrivedMs?: number;
}

/** Nothing depends on notifications; without them each thing waits up to 250 ms for the next look. */
export function judgeNotifications({ hasSessions, arrivedMs }: NotificationFacts): readonly Verdict[] {
  const advice =
    "It works, by looking every 250 ms. For quicker starts give Millrace a direct connection, or pgbouncer in session mode.";
  if (!hasSessions)
    return [warn("a pooler that lends transactions (pgbouncer) is in front: LISTEN does not work", advice)];
  if (arrivedMs === undefined) return [warn(`a notification did not arrive within ${showMs(LIMIT_MS)}`, advice)];
  return [ok(`a direct connection; a notification arrived after ${showMs(arrivedMs)}`)];
}

/** Whether LISTEN and NOTIFY work. */
export const notificationsCheck = makeCheck({
  name: "notifications",
  about: "whether a pooler is in front of the database, and LISTEN and NOTIFY work",
  needs: "database",
  gather: async ({ pool }): Promise<NotificationFacts> => {
    const arrivedMs = pool.hasSessions ? await probeNotifications(pool, LIMIT_MS) : undefined;
    return { hasSessions: pool.hasSessions, ...(arrivedMs !== undefined && { arrivedMs }) };
  },
  judge: judgeNotifications,
});
