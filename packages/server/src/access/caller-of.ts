import { ACTIONS, RESOURCES } from "@millrace/api/access";
import type { Identity, TokenInfo } from "@millrace/core";
import type { Caller } from "./caller.ts";

/** The role whose users may do everything, whatever is written in it. */
export const ADMIN_ROLE = "Admin";
/** The role that tells what nobody in particular may do. */
export const PUBLIC_ROLE = "Public";

const EVERYTHING: ReadonlySet<string> = new Set(
  ACTIONS.flatMap((action) => RESOURCES.map((resource) => `${action} ${resource}`)),
);

/** A user as a caller. */
export function callerOf({ user, permissions }: Identity): Caller {
  return {
    kind: "user",
    name: user.username,
    userId: user.userId,
    permissions: user.roles.includes(ADMIN_ROLE) ? EVERYTHING : new Set(permissions),
    ...(user.mustChangePassword && { mustChangePassword: true }),
  };
}

/** A token as a caller: what both it and its user may. */
export function tokenCallerOf(identity: Identity, { name, scopes }: TokenInfo): Caller {
  const { permissions, userId } = callerOf(identity);
  return {
    kind: "token",
    name: `${identity.user.username}/${name}`,
    owner: identity.user.username,
    ...(userId !== undefined && { userId }),
    permissions: scopes ? narrow(permissions, scopes) : permissions,
  };
}

/** What is in both sets, where a permission on all DAGs has in it those on single ones. */
function narrow(held: ReadonlySet<string>, scopes: readonly string[]): ReadonlySet<string> {
  const wanted = new Set(scopes);
  const hasIt = (set: ReadonlySet<string>, permission: string): boolean =>
    set.has(permission) || set.has(permission.replace(/ DAG:.*$/s, " DAGs"));
  return new Set([
    ...scopes.filter((permission) => hasIt(held, permission)),
    ...[...held].filter((permission) => hasIt(wanted, permission)),
  ]);
}
