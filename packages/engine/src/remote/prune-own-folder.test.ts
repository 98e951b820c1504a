import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LogPusher } from "./log-pusher.ts";
import { pruneOwnFolder, type OwnFolderNeeds } from "./prune-own-folder.ts";

let dataFolder: string;
beforeEach(() => (dataFolder = mkdtempSync(join(tmpdir(), "millrace-own-"))));
afterEach(() => rmSync(dataFolder, { recursive: true }));

const NOTHING: OwnFolderNeeds = { segment: () => false, blob: () => false, bundle: () => false };

/** Files that were last written long ago. */
function oldFiles(files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    const path = join(dataFolder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    utimesSync(path, 1, 1);
  }
}

const isThere = (file: string): boolean => existsSync(join(dataFolder, file));

test("what a try still needs stays, everything else that is old goes, with its empty folders", async () => {
  const files = {
    "logs/h/kept.log": "x",
    "logs/h/gone.log": "x",
    "blobs/runs/1/t/kept.json": "1",
    "blobs/runs/1/t/gone.json": "1",
    "blobs/runs/2/t/gone.json": "1",
    "bundles/kept.cjs": "1",
    "bundles/gone.cjs": "1",
    "bundles/gone.cjs.42": "half",
  };
  oldFiles(files);
  await pruneOwnFolder(dataFolder, {
    segment: (file) => file === join(dataFolder, "logs/h/kept.log"),
    blob: (key) => key === "runs/1/t/kept.json",
    bundle: (name) => name === "kept",
  });
  expect(Object.keys(files).filter(isThere)).toEqual(Object.keys(files).filter((file) => file.includes("kept")));
  expect([isThere("blobs/runs/1"), isThere("blobs/runs/2")]).toEqual([true, false]);
});

test("what was written lately stays, whoever needs it", async () => {
  oldFiles({ "blobs/a.json": "1", "logs/h/a.log": "x" });
  const now = new Date();
  for (const file of ["blobs/a.json", "logs/h/a.log"]) utimesSync(join(dataFolder, file), now, now);
  await pruneOwnFolder(dataFolder, NOTHING);
  expect([isThere("blobs/a.json"), isThere("logs/h/a.log")]).toEqual([true, true]);
});

test("a try needs the segment of its lines, and each that was not looked through yet", async () => {
  const line = `${"a".repeat(16)} {"ts":1,"level":"info","source":"task","msg":"one"}\n`;
  const others = `${"b".repeat(16)} {"ts":1,"level":"info","source":"task","msg":"one"}\n`;
  oldFiles({ "logs/h/others.log": others, "logs/h/z.log": others });
  let isThereYet = false;
  const pusher = new LogPusher({
    dataFolder,
    dispatchId: "a".repeat(32),
    sizes: new Map(),
    push: ({ lines }) => (isThereYet ? Promise.resolve(lines.length) : Promise.reject(new Error("no server"))),
  });
  const needs: OwnFolderNeeds = { ...NOTHING, segment: (file, size) => pusher.needs(file, size) };
  await pruneOwnFolder(dataFolder, needs);
  expect(isThere("logs/h/others.log")).toBe(true);
  await pusher.pushNew();
  await pruneOwnFolder(dataFolder, needs);
  expect(isThere("logs/h/others.log")).toBe(false);
  oldFiles({ "logs/h/own.log": line, "logs/h/other.log": others });
  await pusher.pushNew().catch(() => undefined);
  await pruneOwnFolder(dataFolder, needs);
  expect([isThere("logs/h/own.log"), isThere("logs/h/other.log")]).toEqual([true, false]);
  isThereYet = true;
  expect(await pusher.pushNew()).toBe(true);
});
