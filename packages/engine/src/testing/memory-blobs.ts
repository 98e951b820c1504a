import { MillraceError, type BlobStore } from "@millrace/core";

/** Large values in memory. */
export function createMemoryBlobStore(): BlobStore {
  const texts = new Map<string, string>();
  return {
    async put(key, text) {
      texts.set(key, text);
    },
    async get(key) {
      const text = texts.get(key);
      if (text === undefined) throw new MillraceError("NOT_FOUND", `there is no large value ${key}`);
      return text;
    },
    async deleteBelow(path) {
      for (const key of texts.keys()) if (key.startsWith(`${path}/`)) texts.delete(key);
    },
  };
}
