import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { collect } from "../testing/collect.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { openLineWriter, readLines } from "./line-file.ts";

async function linesOf(content: string | Uint8Array, maxChars?: number): Promise<readonly (string | null)[]> {
  const path = join(temporaryFolder(), "lines");
  writeFileSync(path, content);
  return collect(readLines(path, maxChars === undefined ? {} : { maxChars }));
}

test("line ends of both kinds are cut, a byte order mark is dropped, the last line needs no end", async () => {
  expect(await linesOf("\uFEFFa\r\nb\n\nc")).toEqual(["a", "b", "", "c"]);
  expect(await linesOf("")).toEqual([]);
});

test("a line over the limit arrives as null, however long, and its neighbours are whole", async () => {
  expect(
    await linesOf(`a\n${"x".repeat(200_000)}\nb\n${"y".repeat(11)}\n${"z".repeat(10)}\n${"w".repeat(150_000)}`, 10),
  ).toEqual(["a", null, "b", null, "z".repeat(10), null]);
});

test("characters of several bytes survive the edges of chunks", async () => {
  const line = "ü€😀".repeat(30_000);
  expect(await linesOf(`x${line}\n${line}`)).toEqual([`x${line}`, line]);
});

test("what was written as lines is read as the same lines", async () => {
  const folder = temporaryFolder();
  let files = 0;
  const line = fc
    .string({ unit: "binary", maxLength: 40 })
    .filter((text) => !/[\r\n]|^\uFEFF/.test(text) && text.isWellFormed());
  await fc.assert(
    fc.asyncProperty(fc.array(line), async (lines) => {
      const path = join(folder, String(files++));
      const writer = await openLineWriter(path);
      for (const text of lines) await writer.write(text);
      expect((await writer.finish()).lines).toBe(lines.length);
      expect(await collect(readLines(path))).toEqual(lines);
    }),
    { numRuns: 50 },
  );
});
