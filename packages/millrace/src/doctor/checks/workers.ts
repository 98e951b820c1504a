import { hostname } from "node:os";
import { findWorkerProcesses, type WorkerProcess } from "@millrace/engine";
import { readOpenWork, readSchedulerHealth, type OpenWork } from "@millrace/store";
import { showBytes } from "../../cli/output/show-bytes.ts";
import { makeCheck } from "../check.ts";
import { counted } from "../counted.ts";
import { showMs } from "../percentile.ts";
import { findingsOr, warn, type Verdict } from "../verdict.ts";

const MIB = 1_048_576;
const LONG_QUEUED_MS = 60_000;
/** Heap beside what is not heap: buffers, code, stacks. */
const NEARLY_FULL = 0.9;

/** Worker processes of this host, and what there is for workers to do anywhere. */
export interface WorkerFacts {
  readonly processes: readonly WorkerProcess[];
  readonly work: Pick<OpenWork, "running" | "queued" | "queuedMs">;
  readonly hasScheduler: boolean;
  /** `executor.memoryMb`. */
  readonly memoryMb: number;
}

/** Workers whose scheduler is gone, workers that are nearly full, and tasks that nothing takes. */
export function judgeWorkers({ processes, work, hasScheduler, memoryMb }: WorkerFacts): readonly Verdict[] {
  const owned = processes.filter(({ parentLives }) => parentLives);
  const orphans = processes.filter(({ parentLives }) => !parentLives);
  const memory = owned.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  const { running, queued, queuedMs } = work;
  return findingsOr(
    [
      orphans.length > 0
        ? warn(
            `worker processes have outlived their scheduler: ${orphans.map(({ pid }) => pid).join(", ")}`,
            "The next `millrace start` on this machine ends them before it starts anything again.",
          )
        : undefined,
      ...owned
        .filter(({ memoryBytes }) => memoryBytes > NEARLY_FULL * memoryMb * MIB)
        .map(({ pid, memoryBytes }) =>
          warn(
            `worker process ${pid} holds ${showBytes(memoryBytes)}, and its heap may have ${showBytes(memoryMb * MIB)}`,
            'Raise executor.memoryMb, let tasks return less, or give the hungry one `isolation: "process"`.',
          ),
        ),
      hasScheduler && running === 0 && queued > 0 && queuedMs > LONG_QUEUED_MS
        ? warn(
            `${counted(queued, "task")} queued, the oldest for ${showMs(queuedMs)}, and none runs`,
            "Look at the log of `millrace start` for workers that do not start, and at the check `resources`.",
          )
        : undefined,
    ],
    `${owned.length} worker ${owned.length === 1 ? "process" : "processes"} on this machine${owned.length === 0 ? "" : ` with ${showBytes(memory)}`}; ${counted(running, "task")} running, ${queued} queued`,
  );
}

/** Worker processes of this machine, and tasks that wait for workers. */
export const workersCheck = makeCheck({
  name: "workers",
  about: "worker processes of this machine, their memory, and tasks that none of them takes",
  needs: "schema",
  gather: async ({ pool, config }): Promise<WorkerFacts> => ({
    processes: await findWorkerProcesses(config.core.dataFolder, hostname()),
    work: await readOpenWork(pool),
    hasScheduler: (await readSchedulerHealth(pool)).some(({ ended }) => !ended),
    memoryMb: config.executor.memoryMb,
  }),
  judge: judgeWorkers,
});
