import type { Action, Need, Resource } from "@millrace/api";

/** Who sends a request, and what they may do. */
export interface Caller {
  readonly kind: "user" | "token" | "anonymous";
  /** Name for the audit and the rate limit; `anonymous` for nobody. */
  readonly name: string;
  readonly userId?: number;
  /** Of a token: name of the user who made it. */
  readonly owner?: string;
  /** True: a password that somebody else chose is to be replaced before anything else is done. */
  readonly mustChangePassword?: boolean;
  /** `"can_read DAGs"`, `"can_edit DAG:orders"`, …; for a token what it and its user both may. */
  readonly permissions: ReadonlySet<string>;
}

/** Who sends what is open to everybody. */
export const NOBODY: Caller = { kind: "anonymous", name: "anonymous", permissions: new Set() };

/** Whether a caller may do something. `dagId`: the DAG that the request is about, if it is about one. */
export function may({ permissions }: Caller, [action, resource]: Need, dagId?: string): boolean {
  if (permissions.has(`${action} ${resource}`)) return true;
  return resource === "DAGs" && dagId !== undefined && permissions.has(`${action} DAG:${dagId}`);
}

/** Ids of the DAGs on which a caller has a permission; `"all"` for those who have it on every DAG. */
export function dagsFor({ permissions }: Caller, action: Action): "all" | ReadonlySet<string> {
  if (permissions.has(`${action} ${"DAGs" satisfies Resource}`)) return "all";
  const start = `${action} DAG:`;
  return new Set([...permissions].filter((name) => name.startsWith(start)).map((name) => name.slice(start.length)));
}
