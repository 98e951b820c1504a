import type { Accounts, Logins } from "@millrace/core";
import type { DatabasePool } from "./postgres/index.ts";
import {
  createSession,
  createToken,
  endSession,
  endSessionsOf,
  findSession,
  findToken,
  keepSignIn,
  listTokens,
  revokeToken,
  sweepLogins,
  takeSignIn,
} from "./queries/credentials.ts";
import { findIdentity, forgiveAttempt, noteLogin, permissionsOfRole, takeAttempt } from "./queries/identities.ts";
import {
  createRole,
  deleteRole,
  findRole,
  grantPermissions,
  listRoles,
  revokePermissions,
  syncRoles,
  updateRole,
} from "./queries/roles.ts";
import { createFirstUser, createUser, deleteUser, findUser, listUsers, updateUser } from "./queries/users.ts";

/** Users, roles and their credentials on PostgreSQL. */
export function makeAccounts(pool: DatabasePool): { readonly accounts: Accounts; readonly logins: Logins } {
  const listeners = new Set<() => void>();
  const telling = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } finally {
      // Also after an error: it may have happened nevertheless.
      for (const listener of listeners) listener();
    }
  };
  const accounts: Accounts = {
    syncRoles: (builtIn) => telling(syncRoles(pool, builtIn)),
    listUsers: (page) => listUsers(pool, page),
    findUser: (username) => findUser(pool, username),
    createUser: (user) => telling(createUser(pool, user)),
    createFirstUser: (user) => telling(createFirstUser(pool, user)),
    updateUser: (username, patch) => telling(updateUser(pool, username, patch)),
    deleteUser: (username) => telling(deleteUser(pool, username)),
    listRoles: (page) => listRoles(pool, page),
    findRole: (name) => findRole(pool, name),
    createRole: (role) => telling(createRole(pool, role)),
    updateRole: (name, patch) => telling(updateRole(pool, name, patch)),
    grantPermissions: (role, permissions) => telling(grantPermissions(pool, role, permissions)),
    revokePermissions: (role, permissions) => telling(revokePermissions(pool, role, permissions)),
    deleteRole: (name) => telling(deleteRole(pool, name)),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const logins: Logins = {
    findIdentity: (username) => findIdentity(pool, username),
    permissionsOfRole: (name) => permissionsOfRole(pool, name),
    noteLogin: (userId, hasSucceeded) => noteLogin(pool, userId, hasSucceeded),
    takeAttempt: (subjects) => takeAttempt(pool, subjects),
    forgiveAttempt: (subjects) => forgiveAttempt(pool, subjects),
    createToken: (token) => createToken(pool, token),
    findToken: (hash) => findToken(pool, hash),
    listTokens: (request) => listTokens(pool, request),
    revokeToken: (tokenId, username) => telling(revokeToken(pool, tokenId, username)),
    createSession: (session) => createSession(pool, session),
    findSession: (hash) => findSession(pool, hash),
    endSession: (hash) => telling(endSession(pool, hash)),
    endSessionsOf: (userId, exceptHash) => telling(endSessionsOf(pool, userId, exceptHash)),
    keepSignIn: (hash, signIn) => keepSignIn(pool, hash, signIn),
    takeSignIn: (hash) => takeSignIn(pool, hash),
    sweep: () => sweepLogins(pool),
  };
  return { accounts, logins };
}
