import { expect, test } from "vitest";
import { createLineSplitter } from "./line-splitter.ts";

function split(chunks: readonly (string | Uint8Array)[], maxChars?: number): readonly string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line), maxChars);
  for (const chunk of chunks) splitter.write(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  splitter.end();
  return lines;
}

test("lines come whole, wherever the chunks are cut", () => {
  expect(split(["a\nb", "c\n\nlast"])).toEqual(["a", "bc", "", "last"]);
});

test("a character that is cut in two by chunks is whole", () => {
  const bytes = Buffer.from("grün\n");
  expect(split([bytes.subarray(0, 3), bytes.subarray(3)])).toEqual(["grün"]);
});

test("no line follows the last line end", () => {
  expect(split(["a\n"])).toEqual(["a"]);
  expect(split([])).toEqual([]);
});

test("a progress bar shows its last state, and Windows line ends are line ends", () => {
  expect(split(["10%\r50%\r", "100%\r\nnext\r\n"])).toEqual(["100%", "next"]);
});

test("a line beyond the limit is cut, says so, and the next one is whole again", () => {
  expect(split(["abcd", "efgh\nok\n"], 5)).toEqual(["abcde… (3 more characters cut)", "ok"]);
});
