import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { archivedRows, readArchives, type Archive } from "./read-archives.ts";

let dataFolder: string;
let folder: string;

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), "millrace-archives-"));
  folder = join(dataFolder, "archives", "one");
  mkdirSync(folder, { recursive: true });
});
afterEach(() => rmSync(dataFolder, { recursive: true }));

const ROWS = [1, 2, 1].map((runId, n) => `${JSON.stringify({ run_id: runId, n, text: "ü".repeat(50_000) })}\n`);
const FILE = gzipSync(ROWS.join(""));
const MANIFEST = JSON.stringify({ runIds: [1], files: [{ table: "xcom", file: "xcom.jsonl.gz" }] });

async function rowsOf(archive: Archive): Promise<readonly string[]> {
  const rows: string[] = [];
  for await (const row of archivedRows(archive, "xcom")) rows.push(`${row}\n`);
  return rows;
}

async function theArchive(): Promise<Archive> {
  writeFileSync(join(folder, "manifest.json"), MANIFEST);
  return (await readArchives(dataFolder))[0];
}

test("rows of the runs that went are read", async () => {
  writeFileSync(join(folder, "xcom.jsonl.gz"), FILE);
  expect(await rowsOf(await theArchive())).toEqual([ROWS[0], ROWS[2]]);
});

test.each([
  ["is not there", undefined, /xcom\.jsonl\.gz is gone or damaged: .*ENOENT/],
  ["was cut off", FILE.subarray(0, FILE.length - 20), /is gone or damaged: unexpected end of file/],
  ["holds something else", Buffer.from("text"), /is gone or damaged: incorrect header check/],
  ["holds half a row", gzipSync('{"run_id":1,'), /is gone or damaged: .*JSON/],
])("a file of an archive that %s is named", async (_, content, message) => {
  if (content) writeFileSync(join(folder, "xcom.jsonl.gz"), content);
  await expect(rowsOf(await theArchive())).rejects.toMatchObject({
    code: "BAD_ARGUMENT",
    message: expect.stringMatching(message),
  });
});

test("an archive whose list of contents is damaged is named", async () => {
  writeFileSync(join(folder, "manifest.json"), MANIFEST.slice(0, 20));
  await expect(readArchives(dataFolder)).rejects.toMatchObject({
    code: "BAD_ARGUMENT",
    message: expect.stringContaining(join("one", "manifest.json")),
  });
});
