import fc from "fast-check";
import { expect, test } from "vitest";
import { seenNames } from "./seen-names.ts";

test("it answers as a set of the names does, whatever the names and the seed", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 12 }), { maxLength: 300 }), fc.integer(), (names, seed) => {
      const [seen, known] = [seenNames(seed), new Set<string>()];
      for (const name of names) {
        expect(seen.has(name)).toBe(known.has(name));
        expect(seen.add(name)).toBe(!known.has(name));
        known.add(name);
        expect(seen.size()).toBe(known.size);
      }
    }),
  );
});

test("a hundred thousand names are told apart, and each is known again", () => {
  const seen = seenNames(7);
  for (let at = 0; at < 100_000; at += 1) expect(seen.add(`d${at}.made-up.net`)).toBe(true);
  for (let at = 0; at < 100_000; at += 997) expect(seen.add(`d${at}.made-up.net`)).toBe(false);
  expect(seen.size()).toBe(100_000);
});
