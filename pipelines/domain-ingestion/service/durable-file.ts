import { randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Makes the names in `folder` survive a loss of power, where the operating system can promise that of folders. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch (error) {
    // Windows and some network file systems refuse to sync a folder; there is nothing stronger to ask of them.
    if (!hasCode(error, "EPERM", "EINVAL", "EISDIR", "ENOTSUP")) throw error;
  } finally {
    await handle.close();
  }
}

/**
 * Gives the finished file `pending` its final name unless that name is taken; `pending` is gone afterwards only if it was named.
 *
 * This is the one moment at which a write becomes visible: before it nothing happened, after it everything did.
 *
 * @returns false when another writer has the name.
 */
export async function publishFile(pending: string, final: string): Promise<boolean> {
  try {
    await link(pending, final);
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
  await syncFolder(dirname(final));
  await rm(pending, { force: true });
  return true;
}

/** Writes `text` durably under a name that nothing else uses, in `folder`, and returns its path. */
export async function writePending(folder: string, text: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${randomUUID()}.pending`);
  const handle = await open(path, "wx");
  try {
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    // On a full disk half a file would keep the room that the next try needs.
    await rm(path, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return path;
}

/** Replaces `path` by `text` in one step: a reader sees the old text or the new one. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  await rename(await writePending(folder, text), path);
  await syncFolder(folder);
}

/** The names in `folder`; none when it does not exist. */
export async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

/** True when `error` comes from the operating system with one of `codes`. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}
