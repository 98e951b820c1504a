// A full disk never fails a task: lines are lost, and the log says how many.
import { mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogRef } from "@millrace/core";
import { createClock, type CorrectableClock } from "@millrace/engine";
import { expect, test } from "vitest";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";

const DAG = `
import { dag } from "millrace";
export const talks = dag("talks", ({ task }) => {
  const one = task("one", (_, { log }) => { for (let i = 0; i < 5000; i += 1) log.info("line " + i + " of many that fill the disk"); return 1; });
  task("two", { input: { one } }, ({ one }, { log }) => { log.info("a few words"); return one + 1; });
  task("fails", (_, { log }) => { for (let i = 0; i < 5000; i += 1) console.log("more", i); throw new Error("by itself"); });
});
`;
/** Worker processes that a test may come to start. */
const WORKERS = 20;

/** A clock whose time stands still until it is released, so that names made of the time of birth are known before. */
function heldClock(): { readonly clock: CorrectableClock; readonly born: number; release(): void } {
  const clock = createClock();
  const born = clock.now();
  let isHeld = true;
  return {
    born,
    clock: { ...clock, now: () => (isHeld ? born : clock.now()) },
    release: () => (isHeld = false),
  };
}

/** Puts a device that is always full where each worker will open its first segments. Needs no rights, unlike a small file system. */
async function fillDisk(folder: string, born: number): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const names = Array.from({ length: WORKERS }, (_, i) =>
    [0, 1].map((segment) => `${Math.floor(born / 1_000).toString(36)}-${process.pid}-${i}-${segment}.log`),
  ).flat();
  for (const name of names) await symlink("/dev/full", join(folder, name));
  return names;
}

async function logOf(engine: EngineHarness, runId: number, taskId: string): Promise<LogRef> {
  const tries = await engine.store.queries.listTries({ runId, taskId, mapIndex: -1 });
  return tries[0].logs[0];
}

test("tasks end as they would, and their logs say how many lines were lost", async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), "millrace-full-"));
  const logs = join(dataFolder, "logs", "full-host");
  const { clock, born, release } = heldClock();
  const names = await fillDisk(logs, born);
  try {
    await using engine = await startEngine({ dataFolder, clock, executor: { host: "full-host" } });
    release();
    await engine.deploy(DAG);
    const { runId } = await engine.trigger("talks");
    expect(await engine.ended(runId)).toBe("failed");
    expect(await engine.states(runId)).toEqual({ one: "success", two: "success", fails: "failed" });
    const [[two]] = await engine.store.engine.readResults([{ runId, taskId: "two", mapIndex: -1 }]);
    expect(two.json).toBe("2");
    // The test itself: a worker did open what is full.
    expect((await readdir(logs)).sort()).toEqual([...names].sort());
    for (const taskId of ["one", "fails"]) {
      const log = await logOf(engine, runId, taskId);
      expect(log.tail).toMatch(/\d+ lines lost \([^)]*the disk is full\)/);
      expect(log.complete).toBe(false);
    }
    // What fits into the row needs no disk.
    expect(await logOf(engine, runId, "two")).toMatchObject({ lines: 1, complete: true });
  } finally {
    await rm(dataFolder, { recursive: true, force: true });
  }
});
