import type { InputOf, listRuns } from "@millrace/api";
import { parseInstant, RUN_STATES, RUN_TYPES, type PageRequest, type RunSearch, type Span } from "@millrace/core";
import { namesOf } from "./names-of.ts";

type RunsQuery = InputOf<typeof listRuns>["query"];

/** Which runs a query asks for, and which part of them. @throws MillraceError BAD_ARGUMENT for a state, a type or an instant that is none */
export function runSearchOf({ states, runTypes, triggeredBy, key, ...query }: RunsQuery): PageRequest & RunSearch {
  const { after, limit, dagId, logicalDateFrom, logicalDateTo, queuedFrom, queuedTo } = query;
  const logicalDate = spanOf(logicalDateFrom, logicalDateTo);
  const queuedAt = spanOf(queuedFrom, queuedTo);
  return {
    ...(after !== undefined && { after }),
    ...(limit !== undefined && { limit }),
    ...(dagId !== undefined && { dagId }),
    ...(states !== undefined && { states: namesOf(states, RUN_STATES, "state") }),
    ...(runTypes !== undefined && { runTypes: namesOf(runTypes, RUN_TYPES, "type of a run") }),
    ...(triggeredBy !== undefined && { triggeredBy }),
    ...(key !== undefined && { keyPart: key }),
    ...(logicalDate && { logicalDate }),
    ...(queuedAt && { queuedAt }),
  };
}

/** A span of instants as they were written; undefined without an end. @throws MillraceError BAD_ARGUMENT */
export function spanOf(from: string | undefined, to: string | undefined): Span | undefined {
  if (from === undefined && to === undefined) return undefined;
  return {
    ...(from !== undefined && { from: parseInstant(from, "UTC") }),
    ...(to !== undefined && { to: parseInstant(to, "UTC") }),
  };
}
