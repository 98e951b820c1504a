import { isMillraceError } from "@millrace/core";
import type { TickState } from "./tick-state.ts";

const WAIT_MS = 1_000;

/** True when the database does not answer at the moment: the same may succeed later. */
export function isUnavailable(error: unknown): boolean {
  return isMillraceError(error) && error.code === "STORE_UNAVAILABLE";
}

/**
 * Does `work` again each second while the database does not answer, and says so. For what may be repeated and must not be lost.
 *
 * @throws what `work` throws otherwise, and STORE_UNAVAILABLE when the scheduler stops meanwhile.
 */
export async function untilAnswered<T>(
  { log, pause, isStopping }: Pick<TickState, "log" | "pause" | "isStopping">,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isUnavailable(error) || isStopping()) throw error;
      log.warn({ what, error: String(error) }, "waits for the database");
    }
    await pause(WAIT_MS);
  }
}
