import { createReadStream } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { MillraceError } from "@millrace/core";
import type { RandomFile, StoredFile, TableStorage } from "./table-storage.ts";

/** A table in a folder of this machine. @param folder absolute, or relative to the process */
export function folderStorage(folder: string, signal?: AbortSignal): TableStorage {
  return {
    url: folder,
    list: (below, from) => listFiles(join(folder, below), from),
    find: (name) => findFile(join(folder, name), signal),
    open: (name) => openFile(join(folder, name), signal),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function* listFiles(folder: string, from: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw unreadable(folder, error);
  });
  yield* entries
    .filter((entry) => !entry.isDirectory() && entry.name >= from)
    .map((entry) => entry.name)
    .sort();
}

async function findFile(path: string, signal: AbortSignal | undefined): Promise<StoredFile | undefined> {
  try {
    const { mtimeMs } = await stat(path);
    return { modifiedAtMs: mtimeMs, chunks: createReadStream(path, { signal }) as AsyncIterable<Uint8Array> };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw unreadable(path, error);
  }
}

async function openFile(path: string, signal: AbortSignal | undefined): Promise<RandomFile> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw isMissing(error) ? missing(path) : unreadable(path, error);
  });
  return {
    byteLength: size,
    slice: async (start, end = size) => {
      signal?.throwIfAborted();
      // A handle for each piece: nobody has to say when the file is not read any more.
      await using handle = await open(path);
      const bytes = new Uint8Array(end - start);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
      if (bytesRead < bytes.length) throw unreadable(path, new Error("it has become shorter"));
      return bytes.buffer;
    },
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

function missing(path: string): MillraceError {
  return new MillraceError("NOT_FOUND", `the Delta log names the file ${path}, which is not there (vacuumed?)`);
}

function unreadable(path: string, cause: unknown): MillraceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MillraceError("UNREACHABLE", `${path} cannot be read: ${reason}`, { cause });
}
