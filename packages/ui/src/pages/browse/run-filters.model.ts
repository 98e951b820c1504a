import type { InputOf, listRuns } from "@millrace/api";

/** What the list of runs is narrowed by in its URL. */
export type RunFilterName =
  "states" | "types" | "dagId" | "key" | "by" | "dateFrom" | "dateTo" | "queuedFrom" | "queuedTo";

/** Filters of a URL. */
export type RunFilters = Readonly<Partial<Record<RunFilterName, string>>>;

/** The query of the server for the filters of a URL; texts that are no instants are left out. */
export function runQueryOf(filters: RunFilters): InputOf<typeof listRuns>["query"] {
  const { states, types, dagId, key, by } = filters;
  const instants = {
    logicalDateFrom: filters.dateFrom,
    logicalDateTo: filters.dateTo,
    queuedFrom: filters.queuedFrom,
    queuedTo: filters.queuedTo,
  };
  const known = Object.entries(instants).filter(([, at]) => at !== undefined && !Number.isNaN(Date.parse(at)));
  return {
    ...(states !== undefined && { states }),
    ...(types !== undefined && { runTypes: types }),
    ...(dagId !== undefined && { dagId }),
    ...(key !== undefined && { key }),
    ...(by !== undefined && { triggeredBy: by }),
    ...Object.fromEntries(known),
  };
}
