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

test("R7: an answer that took long moves the clock no further than the answer proves", () => {
  const clock = createClock(0);
  const nowMs = clock.monotonicMs();
  const sentAtMs = nowMs - 4_000;
  expect(clock.correct(nowMs * 1_000 - 500_000, sentAtMs)).toBe(0);
  expect(clock.correct(nowMs * 1_000 + 3_000_000, sentAtMs)).toBeGreaterThan(2_900_000);
});
