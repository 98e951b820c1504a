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
  const answer = await system.send(run.dagId, run.command ?? { kind: "trigger", runKey: run.runKey });
  if (answer?.ok === false) throw new Error(`${run.runKey} is refused: ${answer.message}`);
  await untilDeath(project, system, run.runKey);
}

/** As {@link untilDeathOr}, with the end of a run and of what it started. */
export async function untilDeath(project: FaultyProject, system: SystemProcess, runKey: string): Promise<Fate> {
  return await untilDeathOr(system, runKey, () => project.withDatabase((pool) => findUnfinished(pool, runKey)));
}

/** Which came first. */
export type Fate = "died" | "was over";

/**
 * Waits for the death of a system that was told where to die. When its work is over first, it may never pass that point, and is killed.
 *
 * @param unfinished what is left of the work.
 * @throws Error with what the system said when neither has come after a minute, or it ended in another way
 */
export async function untilDeathOr(
  system: SystemProcess,
  work: string,
  unfinished: () => Promise<readonly unknown[]>,
): Promise<Fate> {
  let signal: NodeJS.Signals | null | undefined;
  void system.ended.then((by) => (signal = by));
  const isOver = async (): Promise<void> => {
    if (signal === undefined) expect(await unfinished()).toEqual([]);
  };
  try {
    await vi.waitFor(isOver, { timeout: LIMIT_MS, interval: 200 });
  } catch (cause) {
    await system.kill();
    throw new Error(`the system does not die, and ${work} does not end. It said:\n${system.output()}`, { cause });
  }
  if (signal === undefined) {
    console.log(`${work} was over first`);
    await system.kill();
    return "was over";
  }
  if (signal !== "SIGKILL") throw new Error(`the system ended by itself. It said:\n${system.output()}`);
  return "died";
}
