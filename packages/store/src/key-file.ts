import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MillraceError } from "@millrace/core";

const FILE = "secret.key";
const KEY_BYTES = 32;

/**
 * The keys for values at rest, from `secret.key` of a data folder: one per line in base64, the newest first. Made with a random key, mode 0600, when
 * it is not there. Without it sealed values cannot be read again: it belongs into a backup, apart from that of the database.
 *
 * @throws MillraceError BAD_CONFIG when the file holds something else.
 */
export async function readKeyFile(dataFolder: string): Promise<readonly Uint8Array[]> {
  const path = join(dataFolder, FILE);
  const text = (await readIfThere(path)) ?? (await makeKeyFile(dataFolder, path));
  const keys = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => Buffer.from(line.trim(), "base64"));
  if (keys.length === 0 || keys.some((key) => key.length !== KEY_BYTES)) {
    throw new MillraceError(
      "BAD_CONFIG",
      `${path} must hold one key of ${KEY_BYTES} bytes in base64 per line. Restore it from a backup.`,
    );
  }
  return keys;
}

async function makeKeyFile(dataFolder: string, path: string): Promise<string> {
  await mkdir(dataFolder, { recursive: true });
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, `${randomBytes(KEY_BYTES).toString("base64")}\n`, { mode: 0o600, flush: true });
  try {
    // Two processes may start at once: only one link can be made, and both read that one.
    await link(draft, path).catch((error: unknown) => {
      if ((error as { code?: string }).code !== "EEXIST") throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  return await readFile(path, "utf8");
}

async function readIfThere(path: string): Promise<string | undefined> {
  return await readFile(path, "utf8").catch((error: unknown) => {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  });
}
