import { TASK_STATES, type ExecutorUsage, type MetricSamples, type MetricSnapshot } from "@millrace/core";
import type { TickState } from "../scheduler/tick-state.ts";

/** Pools listed at most: they are written by users. */
const MOST_POOLS = 200;

/** What is true of a scheduler now, from its memory alone. O(runs in memory). */
export function schedulerGauges(state: TickState): MetricSnapshot {
  const { owned, grants, mail, executor } = state;
  const instances = new Array<number>(TASK_STATES.length).fill(0);
  const runs = { queued: 0, running: 0 };
  for (const run of owned.runs.values()) {
    if (run.head.state === "queued" || run.head.state === "running") runs[run.head.state] += 1;
    for (let code = 0; code < instances.length; code += 1) instances[code] += run.counts[code];
  }
  const used = owned.occupancy.pools();
  const pools = [...grants.pools.values()].slice(0, MOST_POOLS);
  return {
    millrace_runs: samples(runs),
    millrace_runs_resting: one(owned.resting.size),
    millrace_task_instances: TASK_STATES.map((name, code) => [[name], instances[code]] as const),
    millrace_ready_instances: [...owned.ready].slice(0, MOST_POOLS).map(([pool, { size }]) => [[pool], size] as const),
    millrace_pool_slots: pools.map(({ pool, slots }) => [[pool], slots] as const),
    millrace_pool_granted_slots: pools.map(({ pool, granted }) => [[pool], granted] as const),
    millrace_pool_used_slots: pools.map(({ pool }) => [[pool], used[pool] ?? 0] as const),
    millrace_scheduler_dags: one(owned.dags.size),
    millrace_scheduler_waiting_reports: one(mail.reports.length),
    millrace_executor_capacity: one(executor.capacity),
    ...executorGauges(executor.usage?.()),
  };
}

function executorGauges(usage: ExecutorUsage | undefined): MetricSnapshot {
  if (!usage) return {};
  return { millrace_executor_dispatches: samples(usage.dispatches), millrace_workers: samples(usage.workers) };
}

function one(value: number): MetricSamples {
  return [[[], value]];
}

function samples(byLabel: Readonly<Record<string, number>>): MetricSamples {
  return Object.entries(byLabel).map(([label, value]) => [[label], value] as const);
}
