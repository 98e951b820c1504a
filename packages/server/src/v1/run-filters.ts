import type { RunFilter, RunState, Span, TaskState } from "@millrace/core";
import { RUN_STATES, TASK_STATES } from "@millrace/core";
import type { Caller } from "../access/caller.ts";
import { dagIdsFor } from "../access/dag-ids-for.ts";
import { readInstant } from "./instants.ts";

/** Stands for all in a path. */
export const ALL = "~";

type Ends<Name extends string> = { readonly [Key in `${Name}_gte` | `${Name}_lte`]?: string };

/** Spans that lists of runs and of task instances are filtered by. */
export type DateFilters = Ends<"execution_date" | "start_date" | "end_date" | "updated_at">;

/** The DAGs that a list is about: the one in the path, or with `~` all that the caller may read. */
export function pathDags(caller: Caller, dagId: string): readonly string[] | undefined {
  return dagId === ALL ? dagIdsFor(caller, "can_read") : [dagId];
}

/** Two instants as a span; undefined when neither is given. @throws Problem 400 */
function readSpan(from: string | undefined, to: string | undefined): Span | undefined {
  if (from === undefined && to === undefined) return undefined;
  return {
    ...(from !== undefined && { from: readInstant(from) }),
    ...(to !== undefined && { to: readInstant(to) }),
  };
}

/** Spans of dates, under the names that our lists have for them. @throws Problem 400 */
export function readDates(query: DateFilters): Pick<RunFilter, "logicalDate" | "startedAt" | "endedAt" | "changedAt"> {
  const logicalDate = readSpan(query.execution_date_gte, query.execution_date_lte);
  const startedAt = readSpan(query.start_date_gte, query.start_date_lte);
  const endedAt = readSpan(query.end_date_gte, query.end_date_lte);
  const changedAt = readSpan(query.updated_at_gte, query.updated_at_lte);
  return {
    ...(logicalDate && { logicalDate }),
    ...(startedAt && { startedAt }),
    ...(endedAt && { endedAt }),
    ...(changedAt && { changedAt }),
  };
}

/** Run states that are asked for; a word that is none of them fits no run. */
export function readRunStates(states: readonly string[] | undefined): { readonly states?: readonly RunState[] } {
  if (states === undefined || states.length === 0) return {};
  return { states: RUN_STATES.filter((state) => states.includes(state)) };
}

/** Task states that are asked for: `none` and null mean those that were not looked at yet. */
export function readTaskStates(states: readonly (string | null)[] | undefined): {
  readonly states?: readonly TaskState[];
} {
  if (states === undefined || states.length === 0) return {};
  return { states: TASK_STATES.filter((state) => states.some((word) => (word ?? "none") === state)) };
}
