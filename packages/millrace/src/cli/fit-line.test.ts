import { expect, test } from "vitest";
import { fitLine } from "./fit-line.ts";

test.each([
  ["a line that fits", "hello", 5, "hello"],
  ["a longer one", "hello", 4, "hell"],
  ["colours, which take no room", "\u001b[32mok\u001b[39m!", 3, "\u001b[32mok\u001b[39m!"],
  ["a cut in a colour, which ends there", "\u001b[32mhello\u001b[39m", 3, "\u001b[32mhel\u001b[0m"],
  ["wide characters, which are not halved", "日本語", 5, "日本"],
  ["a family, which is one character", "👨‍👩‍👧x", 2, "👨‍👩‍👧"],
])("%s", (_, line, width, fitted) => {
  expect(fitLine(line, width)).toBe(fitted);
});
