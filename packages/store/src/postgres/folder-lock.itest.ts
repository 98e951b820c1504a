import { chown, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withFolderLock } from "./folder-lock.ts";
import { thisProcess } from "./process-identity.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mr-lock-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function mostAtOnce(): Promise<number> {
  let inside = 0;
  let most = 0;
  const visit = (): Promise<void> =>
    withFolderLock(folder, async () => {
      most = Math.max(most, ++inside);
      // Long enough for the others to try: they need some reads of the folder.
      for (let reads = 0; reads < 5; reads++) await readdir(folder);
      inside--;
    });
  await Promise.all(Array.from({ length: 30 }, visit));
  return most;
}

test("who asks while the lock is held enters after the holder has left", async () => {
  const events: string[] = [];
  let second: Promise<unknown> = Promise.resolve();
  await withFolderLock(folder, async () => {
    second = withFolderLock(folder, () => Promise.resolve(events.push("second")));
    // Many times what the second one needs to enter a free lock.
    for (let reads = 0; reads < 200; reads++) await readdir(folder);
    events.push("first");
  });
  await second;
  expect(events).toEqual(["first", "second"]);
});

test("many that ask at once enter one at a time", async () => {
  expect(await mostAtOnce()).toBe(1);
});

test("many that find the lock of a dead process at once still enter one at a time", async () => {
  await writeFile(join(folder, "gate.7"), JSON.stringify({ ...(await thisProcess()), started: "long ago" }));
  expect(await mostAtOnce()).toBe(1);
});

test("a lock cut short by a power failure is free", async () => {
  await writeFile(join(folder, "gate.3"), '{"pid": 1');
  expect(await mostAtOnce()).toBe(1);
});

test("work that fails gives the lock back, and no files pile up", async () => {
  await expect(withFolderLock(folder, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await withFolderLock(folder, () => Promise.resolve("next"))).toBe("next");
  expect(await readdir(folder)).toEqual(["gate.2"]);
});

test("who waits too long for a live holder is told who holds it", async () => {
  await withFolderLock(folder, async () => {
    await expect(withFolderLock(folder, () => Promise.resolve(), 20)).rejects.toThrow(`process ${String(process.pid)}`);
  });
});

test.runIf(process.getuid?.() === 0)("what root leaves in the folder of another user is that user's", async () => {
  await chown(folder, 65_534, 65_534);
  await withFolderLock(folder, async () => {
    for (const name of await readdir(folder)) expect((await stat(join(folder, name))).uid).toBe(65_534);
  });
  for (const name of await readdir(folder)) expect((await stat(join(folder, name))).uid).toBe(65_534);
});

test("a lock that cannot be read is an error, not a wait without end", async () => {
  await mkdir(join(folder, "gate.1"));
  await expect(withFolderLock(folder, () => Promise.resolve())).rejects.toMatchObject({
    code: "NO_DATABASE",
    message: expect.stringContaining("gate.1 cannot be read") as string,
  });
});
