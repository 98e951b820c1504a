import type { RunState } from "@millrace/core";

/** Runs that have not ended, in the words of index dag_run_live. */
export const UNFINISHED = "r.state in ('queued', 'running')";

/** Runs that failed, in the words of index dag_run_failed. */
const FAILED = "r.state = 'failed'";

/**
 * What holds for each run in these states, in the words of a partial index: PostgreSQL cannot tell from a parameter that the index has them all, and would
 * read run after run until it has met enough of them.
 *
 * @returns undefined when there is no such index
 */
export function indexedStates(states: readonly RunState[] | undefined): string | undefined {
  if (states === undefined) return undefined;
  if (states.every((state) => state === "queued" || state === "running")) return UNFINISHED;
  return states.every((state) => state === "failed") ? FAILED : undefined;
}
