// R7. The database clock decides, also for a server that runs for months beside it.
import type { EngineStore, Micros } from "@millrace/core";
import { createClock } from "@millrace/engine";

const LOOK_EVERY_MS = 10_000;

/**
 * Tells instants by the database's clock. It looks there again when it is asked and the last look is 10 s old, without making anybody wait; a look that
 * fails changes nothing.
 */
export async function openDatabaseClock(store: Pick<EngineStore, "now">): Promise<() => Micros> {
  const clock = createClock();
  let lookedAtMs = 0;
  const look = async (): Promise<void> => {
    lookedAtMs = clock.monotonicMs();
    clock.correct(await store.now(), lookedAtMs);
  };
  await look();
  return () => {
    if (clock.monotonicMs() - lookedAtMs > LOOK_EVERY_MS) void look().catch(() => undefined);
    return clock.now();
  };
}
