import type { LoggedLine, UpdatedAsset } from "./run-result.ts";

/** How one try of a task ended. */
export interface TaskResult {
  readonly taskId: string;
  /** -1 = not mapped. */
  readonly mapIndex: number;
  readonly tryNumber: number;
  /** `up_for_retry`: it failed, and another try would follow. */
  readonly state: "success" | "failed" | "skipped" | "up_for_retry";
  /** Why it ended so, in a sentence; absent for a success. */
  readonly reason?: string;
  /** Code of the error, for programs. */
  readonly code?: string;
  /** When another try would follow: seconds from its end, as far as the error says it; absent = the task's own delay. */
  readonly retryAfterSeconds?: number;
  /** Decoded anew from what would be stored; `undefined` without one. */
  readonly result: unknown;
  /** Keys that a branch has chosen; `[]` of a short circuit that says no. */
  readonly chosen?: readonly string[];
  /** What it pushed beside its result, by key. */
  readonly xcoms: Readonly<Record<string, unknown>>;
  /** What it attached to its outlets. */
  readonly assets: readonly UpdatedAsset[];
  /** Templated options as they were rendered. */
  readonly rendered?: Readonly<Record<string, unknown>>;
  readonly mapName?: string;
  readonly logs: readonly LoggedLine[];
  /** By the clock of the test. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly elapsedSeconds: number;
  /** How often its code was started: once, and once more after each reschedule and deferral. */
  readonly starts: number;
}
