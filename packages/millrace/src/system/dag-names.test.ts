import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FoundFile } from "@millrace/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepDagNames, readDagNames } from "./dag-names.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-names-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function aFile(dagId: string, ...taskIds: readonly string[]): FoundFile {
  const graph = { tasks: taskIds.map((taskId) => ({ taskId })) };
  return { file: `${dagId}.dag.ts`, dags: [{ dagId, graph }], errors: [] } as unknown as FoundFile;
}

test("names are those of all files, and a file that changes changes its own", async () => {
  await keepDagNames(folder, [aFile("orders", "load"), aFile("prices", "fetch")], { complete: true });
  await keepDagNames(folder, [aFile("orders", "load", "sum")], { complete: false });
  expect(Object.fromEntries(readDagNames(folder))).toEqual({ orders: ["load", "sum"], prices: ["fetch"] });
  await keepDagNames(folder, [aFile("prices", "fetch")], { complete: true });
  expect([...readDagNames(folder).keys()]).toEqual(["prices"]);
});

test("a folder without names, or with half of them, has none", () => {
  expect(readDagNames(folder).size).toBe(0);
  writeFileSync(join(folder, "dag-names.json"), '{"orders": ["lo');
  expect(readDagNames(folder).size).toBe(0);
});

test("a folder that cannot be written is no error", async () => {
  writeFileSync(join(folder, "file"), "");
  await expect(keepDagNames(join(folder, "file"), [aFile("orders")], { complete: true })).resolves.toBeUndefined();
});
