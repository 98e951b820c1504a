import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { MillraceError, type BlobStore } from "@millrace/core";

const KEY = /^[A-Za-z0-9._=-]+(\/[A-Za-z0-9._=-]+)*$/;

/** A {@link BlobStore} in a folder. A text is there whole or not at all, also after a crash. */
export function createFolderBlobStore(folder: string): BlobStore {
  const fileOf = (key: string): string => {
    if (!KEY.test(key) || key.split("/").includes(".."))
      throw new MillraceError(
        "BAD_ARGUMENT",
        `blob key ${JSON.stringify(key)}: use letters, digits, "." "_" "=" "-" and "/"`,
      );
    return join(folder, key);
  };
  return {
    async put(key, text) {
      const file = fileOf(key);
      // Of its own: others may be writing the same text at this moment.
      const draft = `${file}.${randomUUID()}.draft`;
      try {
        await writeBelow(draft, text);
        await rename(draft, file);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },
    async get(key) {
      try {
        return await readFile(fileOf(key), "utf8");
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
        throw new MillraceError(
          "NOT_FOUND",
          `the stored value ${key} is no longer in ${folder}; it was deleted with its run, or the folder is not the one that wrote it`,
          { cause },
        );
      }
    },
    async deleteBelow(path) {
      await rm(fileOf(path), { recursive: true, force: true });
    },
  };
}

/** Whoever removes what is unused may take the empty folder away again before the file is in it. */
async function writeBelow(file: string, text: string, triesLeft = 3): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeDurably(file, text);
  } catch (error) {
    if (triesLeft === 0 || (error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await writeBelow(file, text, triesLeft - 1);
  }
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, "w");
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
