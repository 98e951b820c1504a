import { inspect } from "node:util";
import { expect, test } from "vitest";
import { Secret, createMasker, isSecret, maskText } from "./secret.ts";

test("a secret prints as stars everywhere and is revealed only on demand", () => {
  const secret = new Secret("hunter2");
  const shown = [
    `${secret as unknown as string}`,
    String(secret),
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ deep: [secret] }),
    (secret as unknown as string) + "",
  ];
  for (const text of shown) {
    expect(text).toContain("***");
    expect(text).not.toContain("hunter2");
  }
  expect(secret.reveal()).toBe("hunter2");
  expect(isSecret(secret)).toBe(true);
  expect(Object.keys(secret)).toEqual([]);
});

test("secrets vanish from text in plain, percent-encoded and JSON form", () => {
  const secrets = [new Secret('p@ss"word'), "p@ss"];
  expect(maskText('a p@ss"word b p@ss c p%40ss%22word d p@ss\\"word', secrets)).toBe("a *** b *** c *** d ***");
});

test("each long line of a secret of several lines is masked", () => {
  const mask = createMasker(["-----BEGIN KEY-----\nMIIEabcdef\n-----END KEY-----"]);
  expect(mask("line MIIEabcdef")).toBe("line ***");
});

test("empty and tiny secrets do not mask anything", () => {
  expect(maskText("abc", ["", "a", "ab"])).toBe("abc");
});

test("signs of regular expressions in secrets are literal", () => {
  expect(maskText("x a.c$ y abc$", ["a.c$"])).toBe("x *** y abc$");
});
