import type { CommittedRun } from "@millrace/engine";

interface Watched {
  runId: number;
  createdMs: number;
  readonly end: PromiseWithResolvers<{ readonly runId: number; readonly createdMs: number; readonly endedMs: number }>;
}

/** Notes when the commits that created and ended runs had returned. */
export class RunWatch {
  readonly #runs = new Map<string, Watched>();

  /** Call it before the run is triggered. */
  expect(runKey: string): void {
    const end: Watched["end"] = Promise.withResolvers();
    // Whoever waits hears of it; who does not is not surprised by it.
    end.promise.catch(() => undefined);
    this.#runs.set(runKey, { runId: 0, createdMs: 0, end });
  }

  note(runs: readonly CommittedRun[]): void {
    const nowMs = performance.now();
    for (const { runKey, runId, state, dagId } of runs) {
      const watched = this.#runs.get(runKey);
      if (!watched) continue;
      if (watched.createdMs === 0) Object.assign(watched, { runId, createdMs: nowMs });
      if (state === "success") watched.end.resolve({ runId, createdMs: watched.createdMs, endedMs: nowMs });
      if (state === "failed")
        watched.end.reject(new Error(`run ${runKey} of ${dagId} failed: its figures mean nothing`));
    }
  }

  /** @throws Error when the run failed. */
  ended(runKey: string): Watched["end"]["promise"] {
    const watched = this.#runs.get(runKey);
    if (!watched) throw new Error(`run ${runKey} is not watched`);
    return watched.end.promise;
  }

  forget(runKey: string): void {
    this.#runs.delete(runKey);
  }
}
