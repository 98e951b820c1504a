import { BUILT_IN_ROLES } from "@millrace/api/built-in-roles";
import type { Accounts, Role } from "@millrace/core";

const ROLES: readonly Role[] = Object.entries(BUILT_IN_ROLES).map(([name, needs]) => ({
  name,
  permissions: needs.map(([action, resource]) => ({ action, resource })),
}));

/** Makes the built-in roles that are missing, and gives them what is new. */
export async function ensureRoles(accounts: Pick<Accounts, "syncRoles">): Promise<void> {
  await accounts.syncRoles(ROLES);
}
