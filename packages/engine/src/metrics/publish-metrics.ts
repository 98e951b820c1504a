import type { MetricsStore, StoredSnapshot } from "@millrace/core";
import type { EngineLog } from "../scheduler/tick-state.ts";

const EVERY_MS = 2_000;

/** What {@link publishMetrics} writes down, and where. */
export interface PublishedMetrics {
  readonly store: MetricsStore;
  /** Undefined while it is nobody, as a scheduler that registers again. */
  readonly read: () => StoredSnapshot | undefined;
  readonly log: EngineLog;
}

/** Writes down what a process knows of itself every 2 s, one write at a time. Failures are logged, and nothing waits for it. @returns stop */
export function publishMetrics({ store, read, log }: PublishedMetrics): () => Promise<void> {
  let saving: Promise<void> | undefined;
  let wasBroken = false;
  const save = async (stored: StoredSnapshot): Promise<void> => {
    try {
      await store.save(stored);
      wasBroken = false;
    } catch (error) {
      // Once, not every two seconds of an outage.
      if (!wasBroken) log.warn({ source: stored.source, error: String(error) }, "metrics could not be saved");
      wasBroken = true;
    }
  };
  const publish = (): void => {
    if (saving) return;
    const stored = read();
    if (stored) saving = save(stored).finally(() => (saving = undefined));
  };
  const timer = setInterval(publish, EVERY_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await saving;
  };
}
