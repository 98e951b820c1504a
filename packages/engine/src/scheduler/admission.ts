import { randomUUID } from "node:crypto";
import { admit, type PoolGrant, type Run } from "@millrace/core";
import type { Batch } from "./batch.ts";
import type { OwnedDags } from "./owned-dags.ts";
import type { ReadyEntry, Verdict } from "./ready-queue.ts";

/** What limits how much may start now. */
export interface AdmissionLimits {
  readonly grants: ReadonlyMap<string, PoolGrant>;
  /** Free places in the executor. */
  readonly capacity: number;
  /** Runs that another batch is just committing: they wait for the next. */
  readonly isInFlight: (runId: number) => boolean;
}

interface Admission {
  readonly owned: OwnedDags;
  readonly batch: Batch;
  readonly isInFlight: AdmissionLimits["isInFlight"];
}

/** What admission did. */
export interface Admitted {
  readonly count: number;
  /** Slots per pool that could be used beyond this scheduler's grant. */
  readonly wanted: Readonly<Record<string, number>>;
  /** Pools that do not exist, and the DAGs with tasks that wait for them. */
  readonly missing: ReadonlyMap<string, readonly string[]>;
}

/**
 * Gives free slots to ready instances, in the same batch as the changes that freed them. Airflow's order of checks: pool, DAG, task, task in
 * run; the executor's places last. Dispatch ids are random: they are credentials and fencing tokens (R3).
 */
export function admitReady(owned: OwnedDags, batch: Batch, limits: AdmissionLimits): Admitted {
  let capacity = limits.capacity;
  let count = 0;
  const wanted: Record<string, number> = {};
  const missing = new Map<string, readonly string[]>();
  for (const [pool, queue] of owned.ready) {
    if (capacity <= 0) break;
    const grant = limits.grants.get(pool);
    if (queue.size === 0) continue;
    if (!grant) {
      missing.set(pool, queue.dagIds);
      continue;
    }
    const inPool = grant.granted < 0 ? Infinity : grant.granted - owned.occupancy.pool(pool);
    if (inPool <= 0) {
      wanted[pool] = queue.size;
      continue;
    }
    const free = Math.min(inPool, capacity);
    let given = 0;
    queue.take(free, grant.order, (dagId, entry, left) => {
      if (given >= capacity) return { verdict: "blocked", scope: "dag" };
      const answer = offer({ owned, batch, isInFlight: limits.isInFlight }, dagId, entry, left);
      if (answer.verdict === "take") given += 1;
      return answer;
    });
    capacity -= given;
    count += given;
    if (queue.size > 0 && grant.granted >= 0) wanted[pool] = queue.size;
  }
  return { count, wanted, missing };
}

function offer({ owned, batch, isInFlight }: Admission, dagId: string, entry: ReadyEntry, free: number): Verdict {
  if (isInFlight(entry.runId)) return { verdict: "blocked", scope: "task" };
  const dag = owned.dags.get(dagId);
  const known = batch.runs.get(entry.runId);
  const run: Run | undefined = known?.run ?? owned.runs.get(entry.runId);
  if (!dag || !run) return { verdict: "gone" };
  const isReady = known
    ? known.draft.state(entry.slot) === "scheduled"
    : entry.slot < run.length && run.stateOf(entry.slot) === "scheduled";
  if (!isReady) return { verdict: "gone" };
  // Existing runs of a paused DAG are left where they are, as in Airflow.
  if (dag.row.paused) return { verdict: "blocked", scope: "dag" };
  const task = known ? known.draft.taskOf(entry.slot) : run.task[entry.slot];
  const node = run.compiled.tasks[task];
  const { head } = known?.draft ?? run;
  if (owned.occupancy.dag(head) >= run.compiled.graph.dag.maxActiveTasks) return { verdict: "blocked", scope: "dag" };
  if (node.poolSlots > free) return { verdict: "blocked", scope: "task" };
  if (node.maxActivePerDag !== undefined && owned.occupancy.task(dagId, node.taskId) >= node.maxActivePerDag)
    return { verdict: "blocked", scope: "task" };
  const draft = batch.draftOf(run);
  if (node.maxActivePerRun !== undefined && draft.activeCount(task) >= node.maxActivePerRun)
    return { verdict: "blocked", scope: "task" };
  admit(draft, entry.slot, newDispatchId());
  owned.occupancy.move(head, node, "scheduled", "queued");
  return { verdict: "take", cost: node.poolSlots };
}

function newDispatchId(): string {
  return randomUUID().replaceAll("-", "");
}
