import type { Action } from "@millrace/api";
import { dagsFor, type Caller } from "./caller.ts";

/** The DAGs that a list shows to a caller; undefined when it shows all of them. */
export function dagIdsFor(caller: Caller, action: Action): readonly string[] | undefined {
  const dags = dagsFor(caller, action);
  return dags === "all" ? undefined : [...dags];
}
