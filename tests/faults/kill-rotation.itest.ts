// Keys are rotated by a process that is killed in the middle, beside a process that goes on reading and writing.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPool, openStore } from "@millrace/store";
import { testDatabase } from "@millrace/store/testing";
import { expect, test } from "vitest";
import { within } from "./harness/within.ts";

const COMMAND = join(import.meta.dirname, "../../packages/millrace/bin/millrace.mjs");
const COUNT = 3_000;

test("a rotation that is killed in the middle goes on where it was, and the old key is needed by nothing", async () => {
  await using database = await testDatabase();
  const folder = await mkdtemp(join(tmpdir(), "millrace-rotation-"));
  const dataFolder = join(folder, ".millrace");
  await writeFile(join(folder, "millrace.json"), "{}");
  const children: ChildProcess[] = [];
  const rotate = (...options: readonly string[]): ChildProcess => {
    const child = spawn(process.execPath, [COMMAND, "db", "rotate-keys", ...options], {
      cwd: folder,
      env: { PATH: process.env["PATH"], MILLRACE__DATABASE__URL: database.url },
      stdio: ["ignore", "ignore", "pipe"],
    });
    children.push(child);
    return child;
  };
  const endOf = async (child: ChildProcess): Promise<unknown> =>
    await within(once(child, "exit"), () => "the end of a rotation");
  const store = await openStore({ url: database.url, dataFolder });
  const pool = await openPool({ url: database.url, max: 2, log: () => undefined });
  try {
    const { connections } = store.settings;
    const ids = Array.from({ length: COUNT }, (_, index) => `c${index}`);
    for (const id of ids)
      await connections.create({ connection: { id, type: "http", host: id, extra: {} }, description: null });
    const oldKey = await readFile(join(dataFolder, "secret.key"), "utf8");
    const starts = async (): Promise<readonly number[]> =>
      (
        await pool.query<{ count: number }>(
          "select count(*)::integer as count from millrace.connection group by split_part(value, '.', 2) order by 1",
        )
      ).rows.map(({ count }) => count);

    const killed = rotate("--new-key");
    const begun = performance.now();
    while ((await starts()).length < 2) {
      expect(killed.exitCode).toBeNull();
      expect(performance.now() - begun, "ms without a row under the new key").toBeLessThan(60_000);
    }
    killed.kill("SIGKILL");
    await endOf(killed);
    expect((await starts()).length).toBe(2);
    // A process that had read the old key reads what either key has sealed, and seals with the new one.
    for (const id of ["c0", "c1", `c${COUNT - 1}`]) expect((await connections.find(id))?.connection?.host).toBe(id);

    const rest = rotate("--drop-old-keys");
    const said: Buffer[] = [];
    rest.stderr?.on("data", (bytes: Buffer) => said.push(bytes));
    expect(await endOf(rest), Buffer.concat(said).toString()).toEqual([0, null]);
    expect(await starts()).toEqual([COUNT]);
    const newKey = await readFile(join(dataFolder, "secret.key"), "utf8");
    expect(newKey.trim().split("\n")).toHaveLength(1);
    expect(newKey).not.toContain(oldKey.trim());
    for (const id of ids) expect((await connections.find(id))?.connection?.host).toBe(id);
  } finally {
    for (const child of children) child.kill("SIGKILL");
    await pool.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
});
