import { MillraceError, type Accounts, type Logins, type Micros, type User } from "@millrace/core";
import { hashPassword, mintToken } from "@millrace/server/access";
import type { ManagedAccounts, ManagedTokens } from "./managed-accounts.ts";

const PAGE = 1_000;

/** Users and roles of a database of this machine. */
export function localAccounts(accounts: Accounts): ManagedAccounts {
  const hashed = async (password: string | undefined): Promise<{ readonly passwordHash?: string }> =>
    password === undefined ? {} : { passwordHash: await hashPassword(password) };
  return {
    findUser: (username) => accounts.findUser(username),
    deleteUser: (username) => accounts.deleteUser(username),
    findRole: (name) => accounts.findRole(name),
    createRole: (role) => accounts.createRole(role),
    grantPermissions: (role, permissions) => accounts.grantPermissions(role, permissions),
    revokePermissions: (role, permissions) => accounts.revokePermissions(role, permissions),
    deleteRole: (name) => accounts.deleteRole(name),
    users: () => allUsers(accounts),
    roles: async () =>
      (await accounts.listRoles({ orderBy: "name", isDescending: false, offset: 0, limit: 100_000 })).items,
    createUser: async ({ password, ...user }) => {
      await accounts.createUser({ ...user, ...(await hashed(password)) });
    },
    updateUser: async (username, { password, ...change }) =>
      (await accounts.updateUser(username, { ...change, ...(await hashed(password)) })) !== undefined,
  };
}

async function* allUsers(accounts: Accounts): AsyncIterable<User> {
  for (let offset = 0; ; offset += PAGE) {
    const page = { orderBy: "username", isDescending: false, offset, limit: PAGE } as const;
    const { items, total } = await accounts.listUsers(page);
    yield* items;
    if (offset + PAGE >= total) return;
  }
}

/** Tokens of a database of this machine, for any user. */
export function localTokens(
  logins: Logins,
  { accounts, now }: { readonly accounts: Accounts; readonly now: () => Promise<Micros> },
): ManagedTokens {
  return {
    create: async ({ username, name, scopes, holdsFor }) => {
      const user = await accounts.findUser(username);
      if (!user)
        throw new MillraceError("NOT_FOUND", `there is no user "${username}"`, { details: { user: username } });
      const { token, hash, hint } = mintToken();
      const expiresAt = holdsFor === undefined ? undefined : (await now()) + holdsFor;
      const limits = { ...(scopes && { scopes }), ...(expiresAt !== undefined && { expiresAt }) };
      await logins.createToken({ userId: user.userId, name, hash, hint, ...limits });
      return token;
    },
    list: (request) => logins.listTokens(request),
    revoke: (tokenId) => logins.revokeToken(tokenId),
  };
}
