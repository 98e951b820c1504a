import type { Command } from "@millrace/core";
import { expect, vi } from "vitest";
import type { FaultyProject } from "./faulty-project.ts";
import { findUnfinished, readRun, type FinalRun } from "./final-state.ts";
import { findFaults } from "./find-faults.ts";
import type { Death } from "./protocol.ts";
import type { SystemProcess } from "./system-process.ts";

const LIMIT_MS = 60_000;

/**
 * Waits for the end of a run and of what it started, and checks what must hold of each.
 *
 * @param times how often each instance was wanted: 2 after one clear.
 */
export async function runToEnd(project: FaultyProject, runKey: string, times = 1): Promise<FinalRun> {
  return await project.withDatabase(async (pool) => {
    await vi.waitFor(async () => expect(await findUnfinished(pool, runKey)).toEqual([]), {
      timeout: LIMIT_MS,
      interval: 20,
    });
    const run = await readRun(pool, project.folder, runKey);
    expect(await findFaults(pool, run, await project.deeds(), times)).toEqual([]);
    return run;
  });
}

/** What a system that dies is asked for before. */
export interface LastWish {
  readonly dagId: string;
  readonly runKey: string;
  /** Default: a trigger of the run. */
  readonly command?: Command;
  /** Default: it is killed in another way. */
  readonly death?: Death;
}

/** Has a system die while it carries a command out; after the run's end when it passes the point less often than asked. @returns once it is dead. */
export async function runToDeath(project: FaultyProject, system: SystemProcess, run: LastWish): Promise<void> {
  if (run.death) system.die(run.death);
  let isDead = false;
  void system.ended.then(() => (isDead = true));
  const answer = await system.send(run.dagId, run.command ?? { kind: "trigger", runKey: run.runKey });
  if (answer?.ok === false) throw new Error(`${run.runKey} is refused: ${answer.message}`);
  const isOver = async (): Promise<void> => {
    if (!isDead) expect(await project.withDatabase((pool) => findUnfinished(pool, run.runKey))).toEqual([]);
  };
  await vi.waitFor(isOver, { timeout: LIMIT_MS, interval: 200 });
  if (isDead) return;
  console.log(`${run.runKey} was over first`);
  system.process.kill("SIGKILL");
  await system.ended;
}
