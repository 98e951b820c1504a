import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFolderBlobStore } from "./folder-blob-store.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "millrace-blobs-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("a value that several want to have there at once is whole from the first on, and nothing else is left", async () => {
  const blobs = createFolderBlobStore(folder);
  const text = "x".repeat(1_000_000);
  const found = await Promise.all(
    Array.from({ length: 20 }, async () => {
      await blobs.put("runs/1/list", text);
      return await blobs.get("runs/1/list");
    }),
  );
  expect(found.every((each) => each === text)).toBe(true);
  expect(readdirSync(join(folder, "runs/1"))).toHaveLength(1);
});
