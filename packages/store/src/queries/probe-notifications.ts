import { randomUUID } from "node:crypto";
import type { DatabasePool } from "../postgres/index.ts";

/**
 * Sends a notification from one connection to another.
 *
 * @returns after how many milliseconds it arrived; undefined when it did not within `limitMs`, as behind a pooler that hands out transactions.
 */
export async function probeNotifications(pool: DatabasePool, limitMs: number): Promise<number | undefined> {
  // A name of our own making: nothing in it needs quoting.
  const channel = `millrace_probe_${randomUUID().replaceAll("-", "")}`;
  return await pool.withClient(async (client) => {
    let timer: NodeJS.Timeout | undefined;
    let hear: (() => void) | undefined;
    try {
      await client.query(`listen ${channel}`);
      const startedAt = performance.now();
      const heard = new Promise<number | undefined>((fulfil) => {
        hear = () => fulfil(performance.now() - startedAt);
        client.on("notification", hear);
        timer = setTimeout(() => fulfil(undefined), limitMs);
      });
      await pool.query("select pg_notify($1, '')", [channel]);
      return await heard;
    } finally {
      clearTimeout(timer);
      if (hear) client.off("notification", hear);
      await client.query(`unlisten ${channel}`);
    }
  });
}
