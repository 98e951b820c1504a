import { expect, test } from "vitest";
import { showBytes } from "./show-bytes.ts";

test("a size has at most three digits before its unit", () => {
  const shown = [0, 999, 1_000, 8_149, 99_400, 999_499, 999_500, 2_400_000_000, 5e15].map(showBytes);
  expect(shown).toEqual(["0 B", "999 B", "1.0 kB", "8.1 kB", "99.4 kB", "999 kB", "1.0 MB", "2.4 GB", "5000 TB"]);
});
