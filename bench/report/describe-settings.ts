import { SETTINGS } from "../../packages/millrace/src/config.ts";
import { WIDE_CONCURRENCY } from "../bench.ts";

/** What Millrace is set up with in the bench, a sentence each. */
export function describeSettings(): readonly string[] {
  const { workers, concurrency, memoryMb } = SETTINGS.executor;
  return [
    `Defaults: ${workers.default} worker ${workers.default === 1 ? "process" : "processes"}, ${concurrency.default} tries at once, ${memoryMb.default} MB of heap each; 128 slots in the default pool; 16 active runs and 16 active tasks per DAG.`,
    `Throughput, history, snapshot, run size and memory look for the engine's own limit, so what may run at once is raised: ${WIDE_CONCURRENCY} tries and slots, no limit in the DAG. Worker processes stay at the default.`,
    "Every transition is committed and flushed before it counts. Triggers go through the inbox like those of every client; history, change events and logs are on; each task of a chain writes a log line.",
    "Tasks run in the worker processes of the local executor, PostgreSQL is the embedded one, everything is on this one machine.",
  ];
}
