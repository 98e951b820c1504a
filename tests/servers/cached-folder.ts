import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const CACHE = fileURLToPath(new URL("../../.cache/servers/", import.meta.url));
const LOOK_EVERY_MS = 200;

/**
 * A folder under `.cache/servers` that is filled once per machine: what a server is made of. Several test files may ask for it at once; one fills it, the
 * others wait for that one. A filling that failed or was killed leaves nothing behind.
 *
 * @param name with the version in it. @param fill puts everything into an empty folder that becomes the cached one.
 * @returns its path.
 */
export async function cachedFolder(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(CACHE, name);
  const lock = `${folder}.lock`;
  await mkdir(CACHE, { recursive: true });
  while (!(await exists(folder))) {
    if (!(await lockIt(lock))) {
      await sleep(LOOK_EVERY_MS);
      continue;
    }
    try {
      if (!(await exists(folder))) await fillNew(folder, fill);
    } finally {
      await rm(lock, { force: true });
    }
  }
  return folder;
}

async function fillNew(folder: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const fresh = await mkdtemp(`${folder}.new-`);
  try {
    await fill(fresh);
    await rename(fresh, folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** Takes the lock, which is a file with a process id in it; that of a process that has ended is taken away first. */
async function lockIt(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const holder = Number(await readFile(lock, "utf8").catch(() => ""));
  if (holder > 0 && !isAlive(holder)) await rm(lock, { force: true });
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
