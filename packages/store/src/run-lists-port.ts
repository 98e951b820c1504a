import type { RunLists } from "@millrace/core";
import type { DatabasePool } from "./postgres/index.ts";
import { listInstancesByOffset } from "./queries/list-instances-by-offset.ts";
import { findListedRun, listRunsByOffset } from "./queries/list-runs-by-offset.ts";
import { listXComs } from "./queries/list-xcoms.ts";

/** Runs and what is in them, listed by position, on PostgreSQL. */
export function makeRunLists(pool: DatabasePool): RunLists {
  return {
    listRuns: (filter, page) => listRunsByOffset(pool, filter, page),
    findRun: (dagId, runKey) => findListedRun(pool, dagId, runKey),
    listInstances: (filter, page) => listInstancesByOffset(pool, filter, page),
    listXComs: (filter, page) => listXComs(pool, filter, page),
  };
}
