import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readAll } from "./backup-file.ts";
import { readTar, TAR_END, tarHeader, tarPadding } from "./tar.ts";

const FILES: readonly (readonly [string, Buffer])[] = [
  ["header.json", Buffer.from("{}")],
  [`tables/${"long-name-".repeat(20)}/ä.copy`, Buffer.alloc(1_300, 7)],
  ["empty", Buffer.alloc(0)],
  ["block", Buffer.alloc(512, 1)],
];
const folder = mkdtempSync(join(tmpdir(), "millrace-tar-"));
afterAll(() => rmSync(folder, { recursive: true }));

const archive = Buffer.concat([
  ...FILES.flatMap(([name, body]) => [tarHeader(name, body.length), body, tarPadding(body.length)]),
  TAR_END,
]);

async function* inPieces(data: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < data.length; at += size) yield await Promise.resolve(data.subarray(at, at + size));
}

test.each([1, 100, 511, 512, 100_000])("what was written is read, in pieces of %i bytes", async (size) => {
  const read: [string, Buffer][] = [];
  for await (const { name, body } of readTar(inPieces(archive, size))) read.push([name, await readAll(body)]);
  expect(read).toEqual(FILES);
});

test("bodies that nobody reads are passed over", async () => {
  const names: string[] = [];
  for await (const { name } of readTar(inPieces(archive, 300))) names.push(name);
  expect(names).toEqual(FILES.map(([name]) => name));
});

test("the system's tar lists it", () => {
  const file = join(folder, "a.tar");
  writeFileSync(file, archive);
  const listed = execFileSync("tar", ["-tf", file, "--quoting-style=literal"], { encoding: "utf8" });
  expect(listed.trimEnd().split("\n")).toEqual(FILES.map(([name]) => name));
});

test.each([100, 600, 1_600])("an archive that ends after %i bytes is refused", async (length) => {
  const reading = (async () => {
    for await (const { body } of readTar(inPieces(archive.subarray(0, length), 64))) await readAll(body);
  })();
  await expect(reading).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
});
