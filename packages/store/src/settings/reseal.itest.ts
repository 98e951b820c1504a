import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addKey, dropOldKeys, openKeyRing } from "../key-file.ts";
import { openPool } from "../postgres/index.ts";
import { testStore } from "../testing/test-store.ts";
import { reseal } from "./reseal.ts";

let dataFolder: string;
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "reseal-"));
});
afterEach(() => rm(dataFolder, { recursive: true }));

test("sealing anew may stop in the middle, goes on where it was, and nothing needs the old key afterwards", async () => {
  await using store = await testStore({ dataFolder });
  const { connections, variables } = store.settings;
  const ids = Array.from({ length: 250 }, (_, index) => `c${String(index).padStart(3, "0")}`);
  for (const id of ids)
    await connections.create({ connection: { id, type: "http", host: id, extra: {} }, description: null });
  await variables.set({ key: "token", value: "hunter2", secret: true, description: null });
  await variables.set({ key: "plain", value: "v1.x.", secret: false, description: null });
  await addKey(dataFolder);
  const keys = await openKeyRing({ dataFolder });
  const pool = await openPool({ url: store.url, log: () => undefined });
  try {
    const killed = new AbortController();
    const half = reseal(pool, keys, { signal: killed.signal, onProgress: () => killed.abort(new Error("killed")) });
    await expect(half).rejects.toThrow("killed");
    // Written meanwhile, by a process that runs.
    await variables.set({ key: "token", value: "hunter3", secret: true, description: null });
    expect(await reseal(pool, keys)).toEqual({ connections: 150, variables: 0 });
    expect(await reseal(pool, keys)).toEqual({ connections: 0, variables: 0 });
  } finally {
    await pool.close();
  }
  expect(await dropOldKeys(dataFolder)).toBe(1);
  for (const id of ids) expect((await connections.find(id))?.connection?.host).toBe(id);
  expect((await variables.find("token"))?.value).toBe("hunter3");
  expect((await variables.find("plain"))?.value).toBe("v1.x.");
});

test("a value whose key is lost is named, and stays as it is", async () => {
  await using store = await testStore({ dataFolder });
  await store.settings.variables.set({ key: "token", value: "hunter2", secret: true, description: null });
  const pool = await openPool({ url: store.url, log: () => undefined });
  try {
    const other = await openKeyRing({ secretKeys: [Buffer.alloc(32, 9).toString("base64")] });
    await expect(reseal(pool, other)).rejects.toThrow(/variable "token" cannot be read: .* is not configured/);
  } finally {
    await pool.close();
  }
  expect((await store.settings.variables.find("token"))?.value).toBe("hunter2");
});
