import { setTimeout as sleep } from "node:timers/promises";
import { readClock, type ClockSample } from "@millrace/store";
import { makeCheck } from "../check.ts";
import { showMs } from "../percentile.ts";
import { bad, findingsOr, warn, type Verdict } from "../verdict.ts";

const OFF_MS = 1_000;
const FAR_OFF_MS = 60_000;
const JUMP_MS = 100;
const SAMPLES = 5;
const WATCH_MS = 200;

/** How the clocks compare, in milliseconds. */
export interface ClockFacts {
  /** Of this host against the database; positive = this host is ahead. */
  readonly offsetMs: number;
  /** Half of the quickest round trip, and the millisecond that this host's clock is exact to: the offset may be wrong by so much. */
  readonly uncertaintyMs: number;
  /** How much further than time itself this host's clock went while it was watched. */
  readonly jumpMs: number;
}

/** Millrace decides by the database's clock (R7); this host's is in logs, and in what tasks themselves read. */
export function judgeClock({ offsetMs, uncertaintyMs, jumpMs }: ClockFacts): readonly Verdict[] {
  const surely = Math.abs(offsetMs) - uncertaintyMs;
  const way = offsetMs < 0 ? "behind" : "ahead of";
  const fact = `this host is ${showMs(Math.abs(offsetMs))} ${way} the database (± ${showMs(uncertaintyMs)})`;
  const advice =
    "Let both machines follow a time server (chrony, systemd-timesyncd). Schedules are right by the database's clock; times in logs and in tasks are not.";
  return findingsOr(
    [
      surely > FAR_OFF_MS ? bad(fact, advice) : surely > OFF_MS ? warn(fact, advice) : undefined,
      Math.abs(jumpMs) > JUMP_MS
        ? warn(
            `this host's clock jumped by ${showMs(Math.abs(jumpMs))} while it was watched`,
            "Let the time service slew the clock instead of setting it; look for two services that fight over it.",
          )
        : undefined,
    ],
    fact,
  );
}

/** The offset by the sample with the quickest round trip. */
export function offsetOf(samples: readonly ClockSample[]): Pick<ClockFacts, "offsetMs" | "uncertaintyMs"> {
  const [best] = [...samples].sort((a, b) => a.after - a.before - (b.after - b.before));
  const middle = (best.before + best.after) / 2;
  return { offsetMs: (middle - best.database) / 1_000, uncertaintyMs: (best.after - best.before) / 2_000 + 1 };
}

/** This host's clock against the database's. */
export const clockCheck = makeCheck({
  name: "clock",
  about: "this host's clock against the database's, and whether it jumps",
  needs: "database",
  gather: async ({ pool }): Promise<ClockFacts> => {
    // Whole milliseconds, which is all that this host's clock gives.
    const hostNow = (): number => Date.now() * 1_000;
    const [wall, monotonic] = [Date.now(), performance.now()];
    const first = await readClock(pool, SAMPLES, hostNow);
    await sleep(WATCH_MS);
    const second = await readClock(pool, SAMPLES, hostNow);
    const jumpMs = Date.now() - wall - (performance.now() - monotonic);
    return { ...offsetOf([...first, ...second]), jumpMs };
  },
  judge: judgeClock,
});
