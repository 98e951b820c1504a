import { expect, test } from "vitest";
import { ok } from "./verdict.ts";
import { textOf } from "./testing/text-of.ts";
import { within } from "./within.ts";

test("a look within its time says what it found", async () => {
  expect(await within(10_000, () => Promise.resolve([ok("well")]))).toEqual({ verdicts: [ok("well")], isLate: false });
});

test("a look that never ends is given up, and says so", async () => {
  const { verdicts, isLate } = await within(5, () => new Promise(() => undefined));
  expect(isLate).toBe(true);
  expect(textOf(verdicts)).toMatch(/^warn: could not be looked at within 5\.00 ms → Call it again/);
});

test("a look that fails says why", async () => {
  const { verdicts, isLate } = await within(10_000, () => Promise.reject(new Error("permission denied")));
  expect(isLate).toBe(false);
  expect(textOf(verdicts)).toMatch(/^warn: could not be looked at: permission denied →/);
});
