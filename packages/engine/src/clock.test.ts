import { expect, test } from "vitest";
import { createClock } from "./clock.ts";

test("R7: a corrected clock says what the authority said, and how far it moved", () => {
  const clock = createClock(0);
  const moved = clock.correct(5_000_000_000_000, clock.monotonicMs());
  expect(moved).toBeGreaterThan(1_000_000);
  expect(Math.abs(clock.now() - 5_000_000_000_000)).toBeLessThan(1_000_000);
});

test("a clock that follows an offset agrees with the clock that measured it", () => {
  const first = createClock();
  first.correct(7_000_000_000_000, first.monotonicMs());
  const second = createClock(0);
  second.follow(first.offsetMicros());
  expect(Math.abs(first.now() - second.now())).toBeLessThan(1_000_000);
});

test("R7: instants are whole microseconds", () => {
  expect(Number.isInteger(createClock().now())).toBe(true);
});

test("R7: an answer that took long moves no clock that it does not prove wrong", () => {
  const clock = createClock(0);
  const nowMs = clock.monotonicMs();
  expect(clock.correct(nowMs * 1_000 - 500_000, nowMs - 4_000)).toBe(0);
});

test.each([-300, 300])(
  "R7: a clock that is %i s off is never ahead after it was corrected, however long that took",
  (seconds) => {
    const clock = createClock(0);
    const offBy = seconds * 1_000_000;
    const trueNow = (): number => clock.monotonicMs() * 1_000 + offBy;
    for (const tookMs of [4_000, 100, 1]) {
      // The database answered at once, and its answer was long on its way.
      clock.correct(trueNow() - tookMs * 1_000, clock.monotonicMs() - tookMs);
      expect(clock.now()).toBeLessThanOrEqual(trueNow() + 1);
      expect(clock.now()).toBeGreaterThan(trueNow() - tookMs * 1_000 - 5_000);
    }
  },
);
