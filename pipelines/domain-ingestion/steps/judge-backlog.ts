import type { Layer } from "./lake-schema.ts";

const MINUTE_MS = 60_000;

/** How much input a layer has left, and since when the oldest of it waits (milliseconds since the epoch). */
export interface LayerBacklog {
  readonly layer: Layer;
  /** Events for bronze, versions of the layer before for silver and gold. */
  readonly pending: number;
  readonly oldestPendingAt?: number;
  /** Last commit of the layer. */
  readonly lastCommitAt?: number;
}

/** The state of the job that fills a layer. */
export interface JobState {
  readonly name: Layer;
  /** `idle`: nothing to do. `active`: input waits, not for long. `behind`: input waits for longer than allowed. */
  readonly state: "idle" | "active" | "behind";
  readonly pending: number;
  /** Minutes that the oldest input has waited; 0 when idle. */
  readonly lag_minutes: number;
  /** ISO instant, UTC; null before the first commit. */
  readonly last_commit_at: string | null;
}

/** Judges how long the input of a layer has waited. */
export function judgeBacklog(backlog: LayerBacklog, maxLagMinutes: number, nowMs: number): JobState {
  const { layer, pending, oldestPendingAt, lastCommitAt } = backlog;
  const lagMs = pending > 0 && oldestPendingAt !== undefined ? Math.max(0, nowMs - oldestPendingAt) : 0;
  return {
    name: layer,
    state: pending === 0 ? "idle" : lagMs > maxLagMinutes * MINUTE_MS ? "behind" : "active",
    pending,
    lag_minutes: Math.round(lagMs / 600) / 100,
    last_commit_at: lastCommitAt === undefined ? null : new Date(lastCommitAt).toISOString(),
  };
}
