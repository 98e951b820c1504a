import { expect, vi } from "vitest";
import type { FaultyProject } from "./faulty-project.ts";
import { findUnfinished, readRun, type FinalRun } from "./final-state.ts";
import { findFaults } from "./find-faults.ts";
import type { Death } from "./protocol.ts";
import type { SystemProcess } from "./system-process.ts";

const LIMIT_MS = 60_000;

/** Waits for the end of a run and of what it started, and checks what must hold of each. */
export async function runToEnd(project: FaultyProject, runKey: string): Promise<FinalRun> {
  return await project.withDatabase(async (pool) => {
    await vi.waitFor(async () => expect(await findUnfinished(pool, runKey)).toEqual([]), {
      timeout: LIMIT_MS,
      interval: 20,
    });
    const run = await readRun(pool, project.folder, runKey);
    expect(await findFaults(pool, run, await project.deeds())).toEqual([]);
    return run;
  });
}

/** Triggers a run whose system dies in it; after its end when it passes the point less often than asked. @returns once it is dead. */
export async function runToDeath(
  project: FaultyProject,
  system: SystemProcess,
  run: { readonly dagId: string; readonly runKey: string; readonly death?: Death },
): Promise<void> {
  if (run.death) system.die(run.death);
  let isDead = false;
  void system.ended.then(() => (isDead = true));
  await system.trigger(run.dagId, run.runKey);
  const isOver = async (): Promise<void> => {
    if (!isDead) expect(await project.withDatabase((pool) => findUnfinished(pool, run.runKey))).toEqual([]);
  };
  await vi.waitFor(isOver, { timeout: LIMIT_MS, interval: 200 });
  if (isDead) return;
  console.log(`${run.runKey} was over first`);
  system.process.kill("SIGKILL");
  await system.ended;
}
