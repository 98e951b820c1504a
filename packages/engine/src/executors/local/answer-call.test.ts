import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WorkerCalls } from "@millrace/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { BundlePlace } from "../../worker/protocol.ts";
import { createCallAnswerer } from "./answer-call.ts";

let dataFolder: string;
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "millrace-test-"));
});
afterEach(async () => {
  await rm(dataFolder, { recursive: true, force: true });
});

test("a bundle whose file was removed is written again for the next worker that asks, and read once while it is there", async () => {
  let reads = 0;
  const bundle: WorkerCalls["bundle"] = () => {
    reads += 1;
    return Promise.resolve({ code: "module.exports = 1;", file: "dags/one.dag.ts" });
  };
  const answer = createCallAnswerer({ dataFolder, calls: { bundle } as WorkerCalls });
  const ask = async (): Promise<BundlePlace> => (await answer("bundle", ["hash"])).value as BundlePlace;
  const place = await ask();
  await Promise.all([ask(), ask()]);
  expect(reads).toBe(1);
  await rm(place.codeFile);
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([place, place, place]);
  expect(await readFile(place.codeFile, "utf8")).toBe("module.exports = 1;");
});
