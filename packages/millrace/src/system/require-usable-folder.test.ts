import { execFile } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { requireUsableFolder } from "./require-usable-folder.ts";

const MODULE = pathToFileURL(join(import.meta.dirname, "require-usable-folder.ts")).href;
const NOBODY = 65_534;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mr-usable-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What the check says to a plain user; to root everything is usable. */
async function told(): Promise<string> {
  const code = `const { requireUsableFolder } = await import(${JSON.stringify(MODULE)});
    await requireUsableFolder(${JSON.stringify(folder)}).then(() => console.log("usable"), (error) => console.log(error.code, error.message, error.details.hint));`;
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code], user);
  return stdout.trim();
}

function mine(): void {
  if (process.getuid?.() === 0) chownSync(folder, NOBODY, NOBODY);
}

test("a folder that is not there, and one that this user owns, are usable", async () => {
  mine();
  expect(await told()).toBe("usable");
  rmSync(folder, { recursive: true });
  await expect(requireUsableFolder(folder)).resolves.toBeUndefined();
  expect(await told()).toBe("usable");
});

test("a file or folder left by another user is named, with the command that repairs it", async () => {
  mine();
  writeFileSync(join(folder, "secret.key"), "");
  chmodSync(join(folder, "secret.key"), 0);
  expect(await told()).toMatch(/^BAD_CONFIG .*secret\.key \(in .*cannot be used by this user.*sudo chown -R/);
  rmSync(join(folder, "secret.key"));
  mkdirSync(join(folder, "logs"));
  chmodSync(join(folder, "logs"), 0o555);
  expect(await told()).toMatch(/^BAD_CONFIG .*logs \(in /);
});

test("a folder of another user is named itself", async () => {
  chmodSync(folder, 0);
  expect(await told()).toMatch(/^BAD_CONFIG \S*mr-usable-\w+ cannot be used/);
  chmodSync(folder, 0o700);
});
