import type { Overviews } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { listDagLinks } from "./list-dag-links.ts";
import { listDagOverviews, readDagFacets } from "./list-dag-overviews.ts";
import { listQueues } from "./list-queues.ts";
import { readHome } from "./read-home.ts";
import { findTaskInstance, readInstanceWindow } from "./read-instances.ts";
import { searchInstances } from "./search-instances.ts";
import { readActivity, readCalendar, readDurations } from "./read-run-statistics.ts";

/** {@link Overviews} on PostgreSQL. */
export function makeOverviews(pool: DatabasePool): Overviews {
  return {
    home: (dagIds) => readHome(pool, dagIds),
    listDags: (request) => listDagOverviews(pool, request),
    dagFacets: (dagIds) => readDagFacets(pool, dagIds),
    calendar: (request) => readCalendar(pool, request),
    durations: (dagId, limit) => readDurations(pool, dagId, limit),
    activity: (request) => readActivity(pool, request),
    listDagLinks: (request) => listDagLinks(pool, request),
    listQueues: () => listQueues(pool),
    instanceWindow: (request) => readInstanceWindow(pool, request),
    searchInstances: (request) => searchInstances(pool, request),
    findTaskInstance: (instance) => findTaskInstance(pool, instance),
  };
}
