import { afterAll, afterEach, beforeEach } from "vitest";
import { faultyProject, type FaultyProject } from "./faulty-project.ts";
import type { SystemProcess } from "./system-process.ts";

/** A project with its one Millrace. */
export interface Stage {
  readonly project: FaultyProject;
  /** Whoever sees it die puts the next one here. */
  system: SystemProcess;
}

/** The stage of a file whose tests follow each other. */
export interface SharedStage {
  /** Tests take it at their beginning and keep it: after a failure it is another one. */
  readonly now: Stage;
}

/**
 * Starts a project that the tests of a file share. What a failed test leaves behind is no ground for another one, nor for its own second attempt:
 * whatever follows it gets a new project, in which no run has been and no process is left.
 *
 * @param prepare is done in each project before its tests.
 */
export async function sharedStage(
  dagFiles: readonly string[],
  prepare: (project: FaultyProject) => Promise<unknown> = () => Promise.resolve(),
): Promise<SharedStage> {
  const begin = async (): Promise<Stage> => {
    const project = await faultyProject({ dagFiles });
    const system = await project.launch();
    await prepare(project);
    return { project, system };
  };
  let now = await begin();
  let isSpoilt = false;
  afterEach(({ task }) => void (isSpoilt ||= task.result?.state === "fail"));
  beforeEach(async ({ task }) => {
    if (!isSpoilt && (task.result?.retryCount ?? 0) === 0) return;
    await now.project[Symbol.asyncDispose]();
    now = await begin();
    isSpoilt = false;
  });
  afterAll(() => now.project[Symbol.asyncDispose]());
  return {
    get now() {
      return now;
    },
  };
}
