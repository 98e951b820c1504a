import type { RunLists } from "@millrace/core";
import type { DatabasePool } from "./postgres/index.ts";
import { listInstancesByOffset } from "./queries/list-instances-by-offset.ts";
import { findListedRun, listRunsByOffset } from "./queries/list-runs-by-offset.ts";
import { searchRuns } from "./queries/search-runs.ts";
import { makeTotals } from "./queries/totals.ts";
import { listXComs } from "./queries/list-xcoms.ts";

/** Runs and what is in them, listed by position, on PostgreSQL. */
export function makeRunLists(pool: DatabasePool): RunLists {
  const from = { pool, totals: makeTotals(pool) };
  return {
    searchRuns: (request) => searchRuns(pool, request),
    listRuns: (filter, page) => listRunsByOffset(from, filter, page),
    findRun: (dagId, runKey) => findListedRun(pool, dagId, runKey),
    listInstances: (filter, page) => listInstancesByOffset(from, filter, page),
    listXComs: (filter, page) => listXComs(pool, filter, page),
  };
}
