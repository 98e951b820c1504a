import type { ExecutorUsage } from "@millrace/core";
import type { HeldDispatch } from "./held-dispatch.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** Where the dispatches of an executor are. */
export function countDispatches(all: Iterable<HeldDispatch>): ExecutorUsage["dispatches"] {
  const counts = { queued: 0, running: 0, waiting: 0 };
  for (const { worker, dispatch } of all)
    counts[worker === undefined ? "queued" : worker.waiting.has(dispatch.dispatchId) ? "waiting" : "running"] += 1;
  return counts;
}

/** What the worker processes of an executor do. */
export function countWorkers(all: Iterable<WorkerProcess>): ExecutorUsage["workers"] {
  const counts = { idle: 0, busy: 0, starting: 0, retiring: 0 };
  for (const { ready, retiring, idle } of all)
    counts[retiring ? "retiring" : !ready ? "starting" : idle ? "idle" : "busy"] += 1;
  return counts;
}
