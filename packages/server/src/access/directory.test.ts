import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeFilter } from "./directory.ts";

test("a value in a filter stays a value: nothing of it means anything, and nothing is lost", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "*", "(", ")", "\\", "\0", "é", "&", "=") }), (value) => {
      const escaped = escapeFilter(value);
      expect(escaped.replaceAll(/\\[0-9a-f]{2}/g, "")).not.toMatch(/[*()\\\0]/);
      const back = escaped.replaceAll(/\\([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
      expect(back).toBe(value);
    }),
  );
});
