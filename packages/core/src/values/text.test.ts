import fc from "fast-check";
import { expect, test } from "vitest";
import { byteLength, cleanText } from "./text.ts";

const encoder = new TextEncoder();

test("byteLength equals the length of the encoded text", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
      (text) => {
        expect(byteLength(text)).toBe(encoder.encode(text).length);
      },
    ),
  );
  expect(byteLength("aé€😀")).toBe(1 + 2 + 3 + 4);
});

test("NUL and lone surrogates become the replacement character", () => {
  expect(cleanText("a\0b\ud800c\udc00😀")).toBe("a\uFFFDb\uFFFDc\uFFFD😀");
  expect(cleanText("plain")).toBe("plain");
});

test("a bound cuts at a code point and is used to the full", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.nat(40), (text, maxBytes) => {
      const cut = cleanText(text, { maxBytes });
      const whole = cleanText(text);
      expect(whole.startsWith(cut)).toBe(true);
      expect(cut.isWellFormed()).toBe(true);
      expect(byteLength(cut)).toBeLessThanOrEqual(maxBytes);
      const next = whole.slice(cut.length).codePointAt(0);
      if (next !== undefined) expect(byteLength(cut + String.fromCodePoint(next))).toBeGreaterThan(maxBytes);
    }),
  );
});
