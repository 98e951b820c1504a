import * as api from "@millrace/api";
import { formatInstant, type Permission, type Role, type User } from "@millrace/core";
import type { ManagedAccounts, ManagedTokens, UserChange } from "../managed-accounts.ts";
import { askServer, orNothing } from "./ask-server.ts";

/** Users and roles of a server: by API v1, and by Millrace's own what that does not carry. The server writes down who changes what. */
export function remoteAccounts(client: api.MillraceClient): ManagedAccounts {
  return { ...users(client), ...roles(client) };
}

type UserPart = Pick<ManagedAccounts, "users" | "findUser" | "createUser" | "updateUser" | "deleteUser">;

function users(client: api.MillraceClient): UserPart {
  const findUser: UserPart["findUser"] = (username) =>
    orNothing(askServer(client, api.getUser, { params: { username } }));
  return {
    users: () => allUsers(client),
    findUser,
    createUser: async ({ username, email, firstName, lastName, roles, password, mustChangePassword }) => {
      const names = { username, email, first_name: firstName, last_name: lastName };
      await client.v1("post_user", { body: { ...names, roles: roles.map((name) => ({ name })) } });
      // Until this has gone well no password fits.
      await changeAccess(client, username, { password, mustChangePassword });
    },
    updateUser: async (username, { password, isActive, mustChangePassword, ...change }) => {
      const before = await findUser(username);
      if (!before) return false;
      if (Object.keys(change).length > 0) await patchUser(client, before, change);
      await changeAccess(client, change.username ?? username, { password, isActive, mustChangePassword });
      return true;
    },
    deleteUser: async (username) => await isThere(client.v1("delete_user", { path: { username } })),
  };
}

async function* allUsers(client: api.MillraceClient): AsyncIterable<User> {
  let after: string | undefined;
  do {
    const query = { limit: 1_000, ...(after !== undefined && { after }) };
    const page = await askServer(client, api.listUsers, { query });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}

/** API v1 wants the whole user, and a mask that says what of it is to be taken. */
async function patchUser(client: api.MillraceClient, before: User, change: UserChange): Promise<void> {
  const { username, email, firstName, lastName, roles } = { ...before, ...change };
  const body = { username, email, first_name: firstName, last_name: lastName, roles: roles.map((name) => ({ name })) };
  await client.v1("patch_user", {
    path: { username: before.username },
    query: { update_mask: Object.keys(body) },
    body,
  });
}

async function changeAccess(
  client: api.MillraceClient,
  username: string,
  { password, isActive, mustChangePassword }: UserChange,
): Promise<void> {
  const body = {
    ...(password !== undefined && { password }),
    ...(isActive !== undefined && { isActive }),
    ...(mustChangePassword !== undefined && { mustChangePassword }),
  };
  if (Object.keys(body).length > 0) await askServer(client, api.updateUser, { params: { username }, body });
}

type RolePart = Omit<ManagedAccounts, keyof UserPart>;

function roles(client: api.MillraceClient): RolePart {
  const findRole: RolePart["findRole"] = async (name) => {
    const found = await orNothing(client.v1("get_role", { path: { role_name: name } }));
    return found && roleOf(found);
  };
  // API v1 takes all permissions at once: of two who change one role in the same moment, the later one wins.
  const change = async (name: string, make: (before: readonly Permission[]) => readonly Permission[]) => {
    const before = await findRole(name);
    if (!before) return false;
    await client.v1("patch_role", { path: { role_name: name }, body: bodyOf(name, make(before.permissions)) });
    return true;
  };
  return {
    roles: async () => {
      const found: Role[] = [];
      for (;;) {
        const query = { limit: 100, offset: found.length, order_by: "name" };
        const { roles: some, total_entries: total = 0 } = await client.v1("get_roles", { query });
        found.push(...some.map(roleOf));
        if (some.length === 0 || found.length >= total) return found;
      }
    },
    findRole,
    createRole: async ({ name, permissions }) => {
      await client.v1("post_role", { body: bodyOf(name, permissions) });
    },
    grantPermissions: (name, more) =>
      change(name, (before) => [...before, ...more.filter((each) => !before.some((one) => isSame(one, each)))]),
    revokePermissions: (name, less) =>
      change(name, (before) => before.filter((each) => !less.some((one) => isSame(one, each)))),
    deleteRole: async (name) => await isThere(client.v1("delete_role", { path: { role_name: name } })),
  };
}

function roleOf({ name, actions }: api.V1Role): Role {
  const permissions = actions.map(({ action, resource }) => ({ action: action.name, resource: resource.name }));
  return { name, permissions };
}

function bodyOf(name: string, permissions: readonly Permission[]): api.V1RoleInput {
  const actions = permissions.map(({ action, resource }) => ({
    action: { name: action },
    resource: { name: resource },
  }));
  return { name, actions };
}

function isSame(one: Permission, other: Permission): boolean {
  return one.action === other.action && one.resource === other.resource;
}

/** Tokens of a server. Whoever makes one makes it for themself, in person. */
export function remoteTokens(client: api.MillraceClient): ManagedTokens {
  return {
    create: async ({ name, scopes, holdsFor }) => {
      const expiresAt =
        holdsFor === undefined ? undefined : (await askServer(client, api.getSystem, {})).now + holdsFor;
      const body = {
        name,
        ...(scopes && { scopes: [...scopes] }),
        ...(expiresAt !== undefined && { expiresAt: formatInstant(expiresAt) }),
      };
      return (await askServer(client, api.createToken, { body })).token;
    },
    list: ({ username = "~", ...page }) => askServer(client, api.listTokens, { query: { ...page, username } }),
    revoke: async (tokenId) => await isThere(client.call(api.revokeToken, { params: { tokenId } })),
  };
}

async function isThere(work: Promise<unknown>): Promise<boolean> {
  return (await orNothing(work.then(() => true))) ?? false;
}
