import type { InputOf, searchTaskInstances } from "@millrace/api";
import { TASK_STATES, type InstanceSearch, type PageRequest } from "@millrace/core";
import { namesOf } from "./names-of.ts";
import { spanOf } from "./run-search.ts";

type InstancesQuery = InputOf<typeof searchTaskInstances>["query"];

/** Which task instances a query asks for, and which part of them. @throws MillraceError BAD_ARGUMENT for a state or an instant that is none */
export function instanceSearchOf(query: InstancesQuery): PageRequest & InstanceSearch {
  const { states, startedFrom, startedTo, endedFrom, endedTo, minSeconds: from, maxSeconds: to, ...plain } = query;
  const startedAt = spanOf(startedFrom, startedTo);
  const endedAt = spanOf(endedFrom, endedTo);
  const isTimed = from !== undefined || to !== undefined;
  return {
    ...plain,
    ...(states !== undefined && { states: namesOf(states, TASK_STATES, "state") }),
    ...(startedAt && { startedAt }),
    ...(endedAt && { endedAt }),
    ...(isTimed && { seconds: { ...(from !== undefined && { from }), ...(to !== undefined && { to }) } }),
  };
}
