// `import "millrace/testing/vitest"` in a test, or name it in Vitest's `setupFiles`: the matchers are there from then on.
import type { TaskState } from "@millrace/core";
import { expect } from "vitest";
import { matchers } from "./matchers.ts";

declare const OF: unique symbol;

/** Matchers for what `testDag` and `testTask` return. A task is named `load`, an instance of a mapped one `load[2]`. */
export interface MillraceMatchers<R = unknown> {
  /** The run or try succeeded. */
  toSucceed(): R;
  /** The run or try failed; `reason`: it, or a task of it, says why in these words. */
  toFail(reason?: string | RegExp): R;
  /** A task instance ended in this state; of a mapped task every instance did. */
  toHaveTaskState(task: string, state: TaskState): R;
  /** A task left this result; a mapped one this list. Compared deeply, or by an asymmetric matcher. */
  toHaveResult(task: string, value: unknown): R;
  /** A task instance had so many tries; of a mapped task every instance had. */
  toHaveTried(task: string, times: number): R;
  /** Each task was queued only when the one before it had ended, with all their instances. */
  toHaveRunInOrder(tasks: readonly string[]): R;
  /** A log line of the run, the task instance or the try has this text, in its message or its fields. */
  toHaveLogged(text: string | RegExp): R;
}

declare module "vitest" {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> extends MillraceMatchers<R> {
    // What is expected of does not matter to the types: a matcher says itself when it does not fit.
    readonly [OF]?: T;
  }
}

expect.extend(matchers);
