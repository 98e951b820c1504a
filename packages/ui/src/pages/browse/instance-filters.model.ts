import type { InputOf, searchTaskInstances } from "@millrace/api";

/** What the list of task instances is narrowed by in its URL. */
export type InstanceFilterName =
  | "states"
  | "dagId"
  | "runKey"
  | "taskId"
  | "pool"
  | "queue"
  | "startedFrom"
  | "startedTo"
  | "endedFrom"
  | "endedTo"
  | "minSeconds"
  | "maxSeconds";

/** Filters of a URL. */
export type InstanceFilters = Readonly<Partial<Record<InstanceFilterName, string>>>;

const TEXTS = ["states", "dagId", "runKey", "taskId", "pool", "queue"] as const;
const INSTANTS = ["startedFrom", "startedTo", "endedFrom", "endedTo"] as const;
const NUMBERS = ["minSeconds", "maxSeconds"] as const;

/** The query of the server for the filters of a URL; what is no instant or no number is left out. */
export function instanceQueryOf(filters: InstanceFilters): InputOf<typeof searchTaskInstances>["query"] {
  const texts = TEXTS.flatMap((name) => (filters[name] === undefined ? [] : [[name, filters[name]] as const]));
  const instants = INSTANTS.flatMap((name) => {
    const at = filters[name];
    return at === undefined || Number.isNaN(Date.parse(at)) ? [] : [[name, at] as const];
  });
  const numbers = NUMBERS.flatMap((name) => {
    const value = Number(filters[name]);
    return filters[name] === undefined || !(value >= 0) ? [] : [[name, value] as const];
  });
  const given: readonly (readonly [string, string | number])[] = [...texts, ...instants, ...numbers];
  return Object.fromEntries(given);
}
