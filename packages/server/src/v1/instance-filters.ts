import type { InstanceFilter } from "@millrace/core";
import { readDates, readTaskStates, type DateFilters } from "./run-filters.ts";

/** Task instances of an answer: the usual maximum does not count here, but memory does. */
export const MOST_INSTANCES = 10_000;

/** What lists of task instances are filtered by beside their run. */
export type InstanceFilters = DateFilters & {
  readonly duration_gte?: number;
  readonly duration_lte?: number;
  readonly state?: readonly (string | null)[];
  readonly pool?: readonly string[];
  readonly queue?: readonly string[];
  readonly executor?: readonly string[];
};

/** The filters, under the names that our lists have for them. @throws Problem 400 */
export function readInstanceFilter(query: InstanceFilters): InstanceFilter {
  const { duration_gte: from, duration_lte: to, pool: pools, queue: queues, executor } = query;
  return {
    ...readDates(query),
    ...readTaskStates(query.state),
    ...((from !== undefined || to !== undefined) && {
      seconds: { ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
    }),
    ...(pools && pools.length > 0 && { pools }),
    ...(queues && queues.length > 0 && { queues }),
    // No task instance names an executor: one that is asked for has none.
    ...(executor && executor.length > 0 && { states: [] }),
  };
}
