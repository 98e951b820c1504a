import { expect, test } from "vitest";
import { hasText } from "./has-text.model.ts";

test("all words are looked for in all texts, whatever their case", () => {
  expect(hasText(["Main DB", undefined, null, "postgres"], "post main")).toBe(true);
  expect(hasText(["Main DB", "postgres"], "main mysql")).toBe(false);
  expect(hasText([], "")).toBe(true);
});
