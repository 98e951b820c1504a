import { availableParallelism } from "node:os";
import type { Report, SystemRules, TemplateConfiguration, WorkerCalls } from "@millrace/core";
import type { TracingSetup } from "../../tracing/tracers.ts";
import type { CorrectableClock } from "../../clock.ts";

/** What a local executor is made with. Sizes in the unit that their name says. */
export interface LocalExecutorOptions {
  /** Folder for logs, bundles, large results and records of workers. */
  readonly dataFolder: string;
  readonly calls: WorkerCalls;
  readonly report: (reports: readonly Report[]) => void;
  readonly clock: CorrectableClock;
  /** The environment of this process; workers get a part of it: an allow-list, `MILLRACE_TASK_*`, and `environmentNames`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly environmentNames?: readonly string[];
  /** Name of this machine in logs and worker ids. Default: its host name. */
  readonly host?: string;
  /** Shared worker processes. Default: half as many as cores, 1 to 8: one of them keeps up with an engine that shares the machine with its database. */
  readonly workers?: number;
  /** Tries at once over all shared workers. Default 32 × cores. */
  readonly concurrency?: number;
  /** Processes at once for tries that run alone. Default 4 × cores, at least 8. */
  readonly processes?: number;
  /** Warm processes kept for tries that run alone. Default 1. */
  readonly spares?: number;
  /** Heap of a worker process; it is killed when its whole memory is half as much again. Default 2048. */
  readonly memoryMb?: number;
  /** Time that a try is given to end after its AbortSignal fired. Default 5000. */
  readonly graceMs?: number;
  /** Largest result kept in the database; larger ones go to files. Default 8192. */
  readonly inlineBytes?: number;
  /** Largest result at all. Default 64 MiB. */
  readonly maxResultBytes?: number;
  /** What the system's operator decided for all DAGs. Default: what holds where nobody did. */
  readonly rules?: SystemRules;
  /** What templates may read of the configuration. Default: nothing. */
  readonly configuration?: TemplateConfiguration;
  /** How worker processes trace what they run. Default: not at all. */
  readonly tracing?: TracingSetup;
  /** Bounds of logs; see the defaults below. */
  readonly log?: Partial<LocalLimits["log"]>;
}

/** The options with every default filled in. */
export interface LocalLimits {
  readonly workers: number;
  readonly concurrency: number;
  readonly processes: number;
  readonly spares: number;
  readonly memoryMb: number;
  readonly graceMs: number;
  readonly inlineBytes: number;
  readonly maxResultBytes: number;
  readonly bundles: number;
  readonly log: {
    readonly logSegmentBytes: number;
    readonly logBurstLines: number;
    readonly logLinesPerSecond: number;
    readonly logMaxBytes: number;
  };
}

/** Fills in the defaults of {@link LocalExecutorOptions}. */
export function defaultLimits(options: LocalExecutorOptions): LocalLimits {
  const cores = availableParallelism();
  return {
    workers: options.workers ?? Math.min(8, Math.max(1, Math.floor(cores / 2))),
    concurrency: options.concurrency ?? 32 * cores,
    processes: options.processes ?? Math.max(8, 4 * cores),
    spares: options.spares ?? 1,
    memoryMb: options.memoryMb ?? 2_048,
    graceMs: options.graceMs ?? 5_000,
    inlineBytes: options.inlineBytes ?? 8_192,
    maxResultBytes: options.maxResultBytes ?? 64 * 1_048_576,
    bundles: 64,
    log: {
      logSegmentBytes: 16 * 1_048_576,
      logBurstLines: 20_000,
      logLinesPerSecond: 2_000,
      logMaxBytes: 256 * 1_048_576,
      ...options.log,
    },
  };
}
