/** How runs are triggered: each after the end of the one before, or all as fast as they can be sent. */
export type Pace = "one by one" | "together";

/** Wishes of the bench to the Millrace that it measures. */
export type Ask =
  | { readonly k: "run"; readonly dagId: string; readonly runs: number; readonly pace: Pace; readonly conf?: string }
  | { readonly k: "result"; readonly runId: number; readonly taskId: string }
  | { readonly k: "pool"; readonly slots: number }
  | { readonly k: "edit"; readonly file: string; readonly text: string; readonly dagId: string }
  | { readonly k: "memory" }
  | { readonly k: "profile" }
  | { readonly k: "save-profile"; readonly file: string }
  | { readonly k: "stop" };

/** One run by this process's monotonic clock, in milliseconds. */
export interface RunTiming {
  readonly runId: number;
  /** Before the trigger was sent. */
  readonly sentMs: number;
  /** The same by `process.hrtime`, whose clock all processes of the machine share. */
  readonly sentNs: string;
  /** When the commit that created it had returned. */
  readonly createdMs: number;
  /** When the commit that ended it had returned. */
  readonly endedMs: number;
}

/** What came of a {@link Ask} of kind "run". */
export interface RunTimings {
  readonly runs: readonly RunTiming[];
  /** From before the first trigger to the end of the last run. */
  readonly elapsedMs: number;
}

/** Memory in bytes. */
export interface MemoryUse {
  readonly rss: number;
  /** After a full collection. */
  readonly heapUsed: number;
}

/** What each wish is answered with. */
export interface Answers {
  readonly run: RunTimings;
  readonly result: string;
  readonly pool: null;
  readonly edit: number;
  readonly memory: MemoryUse;
  readonly profile: null;
  readonly "save-profile": null;
  readonly stop: null;
}

/** From the bench. */
export interface Request {
  readonly id: number;
  readonly ask: Ask;
}

/** Id of a {@link Reply} that says that figures mean nothing from now on. */
export const ENGINE_FAILED = -1;

/** To the bench. Id 0 says that the system runs; its value is how long that took in ms. */
export interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}
