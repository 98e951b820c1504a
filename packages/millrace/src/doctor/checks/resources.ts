import { readFile } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { showBytes } from "../../cli/output/show-bytes.ts";
import { makeCheck } from "../check.ts";
import { counted } from "../counted.ts";
import { bad, findingsOr, warn, type Verdict } from "../verdict.ts";

const MIB = 1_048_576;
const LITTLE_MEMORY_BYTES = 256 * MIB;
const TOO_LITTLE_MEMORY_BYTES = 64 * MIB;
/** A worker's event loop is shared by its tries. */
const MOST_TRIES_PER_WORKER = 512;
const FEW_FILES = 1_024;
const TOO_FEW_FILES = 256;

/** What the machine has, and what the executor is told to use of it. */
export interface ResourceFacts {
  readonly cores: number;
  /** Of the machine or the container, whichever is less. */
  readonly memoryBytes: number;
  readonly availableBytes: number;
  /** Files that a process may have open; absent where it cannot be read. */
  readonly openFiles?: number;
  readonly workers: number;
  readonly memoryMb: number;
  readonly concurrency: number;
}

/** Whether what the executor may use is there. */
export function judgeResources(facts: ResourceFacts): readonly Verdict[] {
  const { cores, memoryBytes, availableBytes, openFiles, workers, memoryMb, concurrency } = facts;
  const heaps = workers * memoryMb * MIB;
  const memory = `${showBytes(memoryBytes)} memory, ${showBytes(availableBytes)} of it available`;
  const more = "Free some, give the machine more, or lower executor.workers and executor.memoryMb.";
  return findingsOr(
    [
      workers > 2 * cores
        ? warn(
            `${workers} worker processes share ${counted(cores, "core")}`,
            `Set executor.workers to ${Math.max(1, cores)} or less.`,
          )
        : undefined,
      heaps > memoryBytes
        ? warn(
            `the heaps of ${counted(workers, "worker")} may grow to ${showBytes(heaps)}, and there is ${memory}`,
            "Lower executor.memoryMb or executor.workers, so that a task that takes too much ends alone and not with the machine.",
          )
        : undefined,
      availableBytes < TOO_LITTLE_MEMORY_BYTES
        ? bad(memory, more)
        : availableBytes < LITTLE_MEMORY_BYTES
          ? warn(memory, more)
          : undefined,
      concurrency > workers * MOST_TRIES_PER_WORKER
        ? warn(
            `${concurrency} tries share ${counted(workers, "worker")}: ${Math.round(concurrency / workers)} in one process`,
            `Set executor.concurrency to ${workers * MOST_TRIES_PER_WORKER} or less, or raise executor.workers.`,
          )
        : undefined,
      judgeOpenFiles(openFiles),
    ],
    `${counted(cores, "core")}, ${memory}; ${counted(workers, "worker")} of at most ${showBytes(memoryMb * MIB)} heap, ${concurrency} tries at once${openFiles === undefined ? "" : `; ${openFiles} open files`}`,
  );
}

function judgeOpenFiles(openFiles: number | undefined): Verdict | undefined {
  if (openFiles === undefined || openFiles >= FEW_FILES) return undefined;
  const fact = `a process may have ${openFiles} files open`;
  const advice = "Raise the limit before the start: `ulimit -n 65536`, or LimitNOFILE of the service.";
  return openFiles < TOO_FEW_FILES ? bad(fact, advice) : warn(fact, advice);
}

/** Cores, memory and open files against the executor's settings. */
export const resourcesCheck = makeCheck({
  name: "resources",
  about: "cores, memory and open files against executor.workers, memoryMb and concurrency",
  needs: "configuration",
  gather: async ({ config: { executor } }): Promise<ResourceFacts> => {
    const limits = await readFile("/proc/self/limits", "utf8").catch(() => "");
    const openFiles = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
    const constrained = process.constrainedMemory();
    return {
      cores: availableParallelism(),
      // 0 or an absurd number means that nothing constrains it.
      memoryBytes: constrained > 0 ? Math.min(constrained, totalmem()) : totalmem(),
      availableBytes: process.availableMemory(),
      ...(openFiles !== undefined && { openFiles: Number(openFiles) }),
      workers: executor.workers,
      memoryMb: executor.memoryMb,
      concurrency: executor.concurrency,
    };
  },
  judge: judgeResources,
});
