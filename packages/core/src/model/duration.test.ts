import fc from "fast-check";
import { expect, test } from "vitest";
import { formatDuration, parseDuration } from "./duration.ts";

test("what was written is read back to the microsecond", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (micros) => {
      expect(parseDuration(formatDuration(micros))).toBe(micros);
    }),
  );
});

test.each([
  ["500ms", 500_000],
  ["0.001ms", 1],
  ["30s", 30_000_000],
  ["1.5h", 5_400_000_000],
  ["0.5d", 43_200_000_000],
  ["0s", 0],
])("%s is %d microseconds", (text, micros) => expect(parseDuration(text)).toBe(micros));

test.each([
  [86_400_000_000, "1d"],
  [90_000_000, "90s"],
  [7_200_000_000, "2h"],
  [1_500, "1.5ms"],
  [0, "0s"],
])("%d microseconds are written %s", (micros, text) => expect(formatDuration(micros)).toBe(text));

test.each(["", "5", "m", "-5m", "1h30m", "5 weeks", "1e3s", ".5s", "999999999d"])(
  "%s is refused with the text and the units in the message",
  (text) => {
    expect(() => parseDuration(text)).toThrowError(
      expect.objectContaining({ code: "BAD_ARGUMENT", message: expect.stringMatching(/ms, s, m, h/) }),
    );
  },
);
