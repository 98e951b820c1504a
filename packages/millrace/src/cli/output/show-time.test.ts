import { expect, test } from "vitest";
import { secondsBetween, showSpan } from "./show-time.ts";

const S = 1_000_000;

test.each([
  [0, "0 ms"],
  [340_400, "340 ms"],
  [8.16 * S, "8.1 s"],
  [59.99 * S, "59.9 s"],
  [60 * S, "1 m"],
  [125 * S, "2 m 5 s"],
  [12_000 * S, "3 h 20 m"],
  [3_600 * S, "1 h"],
  [349_200 * S, "4 d 1 h"],
])("%d µs are shown as %s", (micros, text) => {
  expect(showSpan(micros)).toBe(text);
});

test("seconds between two instants are kept to the millisecond, and are null while one is missing", () => {
  expect(secondsBetween(1_000_000, 3_234_567)).toBe(2.235);
  expect(secondsBetween(1_000_000, undefined)).toBeNull();
});
