import type { EngineStore, Executor } from "@millrace/core";
import type { Clock } from "../clock.ts";
import { SchedulerMeter } from "../metrics/scheduler-meter.ts";
import { ScheduleClock } from "../scheduler/create-runs.ts";
import { Grants } from "../scheduler/grants.ts";
import { OwnedDags } from "../scheduler/owned-dags.ts";
import { PastReader } from "../scheduler/past.ts";
import { RecentResults } from "../scheduler/recent-results.ts";
import { RunIdBlock } from "../scheduler/run-id-block.ts";
import { Mail, type TickState } from "../scheduler/tick-state.ts";

/** What a process of a memory engine lives on. */
export interface MemoryTickStateOptions {
  readonly store: EngineStore;
  readonly executor: Executor;
  readonly clock: Clock;
  readonly isStopping: () => boolean;
  readonly background: (work: Promise<void>) => void;
}

/** The memory of a scheduler that has just begun. Its ticks are made by hand: it has no timers, no heartbeat and no rivals. */
export async function createMemoryTickState(options: MemoryTickStateOptions): Promise<TickState> {
  const { store, executor, clock, isStopping, background } = options;
  const schedulerId = await store.registerScheduler({ host: "memory", pid: 0, pidStartedAt: "" });
  const owned = new OwnedDags();
  const silent = (): void => undefined;
  const state: TickState = {
    schedulerId,
    store,
    executor,
    clock,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    owned,
    schedule: new ScheduleClock(),
    past: new PastReader(owned, store),
    results: new RecentResults(),
    grants: new Grants(store, schedulerId),
    runIds: new RunIdBlock(store),
    mail: new Mail(),
    meter: new SchedulerMeter(),
    sending: new Set(),
    uncommitted: new Set(),
    // Only a store that does not answer is waited for, and this one always does.
    pause: () => Promise.resolve(),
    isStopping,
    takesWork: () => true,
    background: (work) => background(work),
    // Nobody else writes: no run is ever behind, and a process that dies reads everything anew.
    startUnsent: silent,
  };
  await state.grants.refresh(owned);
  return state;
}
