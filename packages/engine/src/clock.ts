// R7. The database clock decides. This file is the one place of the engine where the host's clock is read.
import type { Micros } from "@millrace/core";

/** Tells instants by the database's clock, and a monotonic time for measuring how long something took. */
export interface Clock {
  /** Whole microseconds since the epoch, as the database would say it. */
  now(): Micros;
  /** Milliseconds since the host started; never jumps, comparable between processes of one host. */
  monotonicMs(): number;
}

/** A {@link Clock} that follows an outside authority. */
export interface CorrectableClock extends Clock {
  /** What is added to the monotonic clock; hand it to a child process of the same host to give it the same clock. */
  offsetMicros(): number;
  /**
   * Takes over `authority`, the instant that the database said it was between `sentAtMs` and now (monotonic). The answer proves no more than that:
   * a clock that may have been right stays as it is, any other becomes the earliest that the answer allows, so that nothing is done before its time.
   *
   * @returns by how many microseconds the clock moved; above 1 s every timer must be armed anew.
   */
  correct(authority: Micros, sentAtMs: number): number;
  /** Takes over an offset that another process of this host measured. */
  follow(offsetMicros: number): void;
}

/** A clock that starts with the host's own time and is corrected from then on. */
export function createClock(
  offsetMicros: number = Math.round(Date.now() * 1_000 - monotonicMicros()),
): CorrectableClock {
  let offset = offsetMicros;
  return {
    now: () => Math.round(monotonicMicros() + offset),
    monotonicMs: () => monotonicMicros() / 1_000,
    offsetMicros: () => offset,
    correct(authority, sentAtMs) {
      const earliest = authority - monotonicMicros();
      const latest = authority - sentAtMs * 1_000;
      const moved = offset >= earliest && offset <= latest ? 0 : earliest - offset;
      offset += moved;
      return moved;
    },
    follow(next) {
      offset = next;
    },
  };
}

function monotonicMicros(): number {
  return Number(process.hrtime.bigint()) / 1_000;
}
