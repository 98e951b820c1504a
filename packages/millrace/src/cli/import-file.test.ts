import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readImport } from "./import-file.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "millrace-import-"));
});
afterAll(() => rmSync(cwd, { recursive: true }));

async function read(file: string, text: string): Promise<unknown> {
  if (file !== "-") writeFileSync(join(cwd, file), text);
  return Object.fromEntries(await readImport({ cwd, readInput: () => Promise.resolve(text) }, file));
}

test.each([
  ["a.json", '{"a": 1, "b": {"c": true}}'],
  ["a.yaml", "a: 1\nb: { c: true }\n"],
  ["a.YML", "a: 1\nb:\n  c: true\n"],
  ["-", "a: 1\nb: { c: true }\n"],
  ["-", '{"a": 1, "b": {"c": true}}'],
])("%s holds names and values", async (file, text) => {
  expect(await read(file, text)).toEqual({ a: 1, b: { c: true } });
});

test("lines of an env file are taken as they are: no quotes, no escapes, = in values", async () => {
  const text = '# a comment\n\nA=1\r\n B = x=y#z \nC="quoted"\nD=\n';
  expect(await read(".env", text)).toEqual({ A: "1", B: "x=y#z", C: '"quoted"', D: "" });
});

test.each([
  ["broken.json", '{"secret": hunter2}', /^broken\.json is not JSON/],
  ["broken.yaml", "secret: [hunter2", /^broken\.yaml is neither JSON nor YAML/],
  ["broken.env", "A=1\nhunter2\n", /^broken\.env, line 2: it must be NAME=value/],
  ["list.json", '["hunter2"]', /^list\.json must hold an object/],
  ["notes.txt", "hunter2", /^notes\.txt: its ending does not say what it is/],
])("%s is refused with its name, and nothing of what it holds", async (file, text, message) => {
  const refused = await read(file, text).catch((error: unknown) => error as Error);
  expect(refused).toMatchObject({ code: "BAD_ARGUMENT", message: expect.stringMatching(message) as string });
  expect(JSON.stringify([refused, (refused as Error).message, (refused as Error).cause])).not.toContain("hunter2");
});

test("a file that is not there is named", async () => {
  await expect(readImport({ cwd, readInput: () => Promise.resolve("") }, "none.json")).rejects.toMatchObject({
    code: "BAD_ARGUMENT",
    message: expect.stringMatching(/^none\.json cannot be read/) as string,
  });
});
