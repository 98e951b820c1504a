import { ACTIONS, DAG_ACTIONS, RESOURCES, type Action } from "@millrace/api";
import type { Role } from "../use-all-v1.ts";

const DAG_PREFIX = "DAG:";

/** What a role permits: `action resource`, like `can_read DAGs`. */
export type Permissions = ReadonlySet<string>;

/** A line of the matrix: a resource, and which actions there are on it. */
export interface MatrixRow {
  readonly resource: string;
  readonly actions: readonly Action[];
}

/** A permission as a text. */
export function permission(action: Action, resource: string): string {
  return `${action} ${resource}`;
}

/** What a role permits. */
export function permissionsOf({ actions }: Pick<Role, "actions">): Permissions {
  return new Set(actions.map(({ action, resource }) => `${action.name} ${resource.name}`));
}

/** Permissions as API v1 takes them. */
export function toV1(permissions: Permissions): readonly {
  readonly action: { readonly name: string };
  readonly resource: { readonly name: string };
}[] {
  return [...permissions].sort().map((each) => {
    const at = each.indexOf(" ");
    return { action: { name: each.slice(0, at) }, resource: { name: each.slice(at + 1) } };
  });
}

/** The lines of the matrix: all resources, then the DAGs that have permissions of their own, by what they permit or as they were added. */
export function rowsOf(permissions: Permissions, addedDags: readonly string[]): readonly MatrixRow[] {
  const named = [...permissions]
    .map((each) => each.slice(each.indexOf(" ") + 1))
    .filter((resource) => resource.startsWith(DAG_PREFIX));
  const dags = [...new Set([...named, ...addedDags.map((dagId) => DAG_PREFIX + dagId)])].sort();
  return [
    ...RESOURCES.map((resource) => ({ resource, actions: ACTIONS })),
    ...dags.map((resource) => ({ resource, actions: DAG_ACTIONS })),
  ];
}

/** How two sets of permissions differ. */
export function differenceOf(
  before: Permissions,
  after: Permissions,
): { readonly added: number; readonly removed: number } {
  const missing = (from: Permissions, other: Permissions): number => [...from].filter((one) => !other.has(one)).length;
  return { added: missing(after, before), removed: missing(before, after) };
}

/** The permissions with one of them given or taken away. */
export function toggled(permissions: Permissions, one: string): Permissions {
  const next = new Set(permissions);
  if (!next.delete(one)) next.add(one);
  return next;
}
