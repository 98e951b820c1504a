import type { Dispatch } from "@millrace/core";
import { runsAlone, type HeldDispatch } from "./held-dispatch.ts";

/**
 * Which suspects may run in a process that has run another suspect to its end: one at a time, so each is still alone. What dies there may have
 * died of what was left behind; it is not guilty, and next time it gets a process that nobody has used.
 */
export class Suspects {
  readonly #needFresh = new Set<string>();

  /** The one that takes over a process whose suspect has ended, undefined when it is another's turn. */
  findNext(queued: readonly HeldDispatch[]): HeldDispatch | undefined {
    const next = queued.find(({ dispatch }) => runsAlone(dispatch));
    return next !== undefined && this.mayShare(next.dispatch) ? next : undefined;
  }

  /** False for those that never enter a used process. */
  mayShare(dispatch: Dispatch): boolean {
    const { suspect, isolation, singleAttempt } = dispatch;
    return suspect && isolation === "shared" && !singleAttempt && !this.#needFresh.has(keyOf(dispatch));
  }

  /** It has died in a used process. */
  doubt(dispatch: Dispatch): void {
    this.#needFresh.add(keyOf(dispatch));
  }

  /** It has a fresh process now. */
  settle(dispatch: Dispatch): void {
    this.#needFresh.delete(keyOf(dispatch));
  }
}

function keyOf({ run, taskId, mapIndex }: Dispatch): string {
  return `${run.runId}/${taskId}/${mapIndex}`;
}
