import { isMillraceError, MillraceError, type Accounts, type Identity, type Logins, type User } from "@millrace/core";
import type { RoleMapping } from "./auth-settings.ts";

/** Somebody whom a provider or a directory vouches for. */
export interface ExternalUser {
  readonly origin: "oidc" | "ldap";
  readonly username: string;
  /** Absent where it is not known. */
  readonly email?: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly groups: readonly string[];
}

/** Why somebody with the right credentials is not let in. */
export type Refusal = "no role" | "another user's name" | "another user's address" | "locked";

/** What became of somebody. */
export type Admission =
  { readonly kind: "admitted"; readonly identity: Identity } | { readonly kind: "refused"; readonly why: Refusal };

/** What {@link admitExternal} needs. */
export interface AdmitOptions {
  readonly accounts: Pick<Accounts, "createUser" | "updateUser" | "findUser">;
  readonly logins: Pick<Logins, "findIdentity">;
  readonly mapping: RoleMapping;
}

/**
 * Finds or makes the user of somebody whom others vouch for, with roles after their groups. Never takes over a user who logs in in another way.
 *
 * @throws MillraceError BAD_CONFIG when the mapping names a role that there is none of
 */
export async function admitExternal(external: ExternalUser, options: AdmitOptions): Promise<Admission> {
  const { accounts, logins, mapping } = options;
  const roles = rolesOf(external.groups, mapping);
  if (roles.length === 0) return { kind: "refused", why: "no role" };
  const before = await accounts.findUser(external.username);
  if (before && before.origin !== external.origin) return { kind: "refused", why: "another user's name" };
  if (before && !before.isActive) return { kind: "refused", why: "locked" };
  try {
    await save(external, { accounts, before, roles, syncsRoles: mapping.syncsRoles });
  } catch (error) {
    if (isMillraceError(error) && error.code === "CONFLICT") return { kind: "refused", why: "another user's address" };
    if (isMillraceError(error) && error.code === "NOT_FOUND")
      throw new MillraceError("BAD_CONFIG", `auth.groupRoles or auth.defaultRole: ${error.message}`, { cause: error });
    throw error;
  }
  const found = await logins.findIdentity(external.username);
  return found ? { kind: "admitted", identity: found.identity } : { kind: "refused", why: "locked" };
}

/** The roles of somebody's groups, else the default one. Groups of directories are named by their DN or its first part, whatever the case. */
export function rolesOf(groups: readonly string[], { roleOfGroup, defaultRole }: RoleMapping): readonly string[] {
  const names = new Set(groups.flatMap((group) => [group.toLowerCase(), firstPart(group).toLowerCase()]));
  const roles = roleOfGroup.filter(([group]) => names.has(group.toLowerCase())).map(([, role]) => role);
  if (roles.length > 0) return [...new Set(roles)];
  return defaultRole === undefined ? [] : [defaultRole];
}

function firstPart(group: string): string {
  return /^[a-z]+=((?:[^,\\]|\\.)+),/i.exec(group)?.[1] ?? group;
}

async function save(
  { origin, username, email, firstName, lastName }: ExternalUser,
  {
    accounts,
    before,
    roles,
    syncsRoles,
  }: {
    readonly accounts: AdmitOptions["accounts"];
    readonly before: User | undefined;
    readonly roles: readonly string[];
    readonly syncsRoles: boolean;
  },
): Promise<void> {
  // Addresses are needed and unique; `.invalid` is nobody's.
  const address = email ?? `${username}@${origin}.invalid`;
  if (!before) {
    await accounts.createUser({ username, email: address, firstName, lastName, roles, origin });
    return;
  }
  const after = { email: address, firstName, lastName, roles: syncsRoles ? [...roles].toSorted() : before.roles };
  const isSame =
    after.email === before.email &&
    after.firstName === before.firstName &&
    after.lastName === before.lastName &&
    after.roles.join("\n") === before.roles.join("\n");
  if (!isSame) await accounts.updateUser(username, { ...after, isVouchedFor: true });
}
