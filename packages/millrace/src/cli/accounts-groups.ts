import type { Command } from "commander";
import { makeRolesCreate } from "./commands/roles-create.ts";
import { makeRolesDelete } from "./commands/roles-delete.ts";
import { makeRolesExport } from "./commands/roles-export.ts";
import { makeRolesImport } from "./commands/roles-import.ts";
import { makeRolesList } from "./commands/roles-list.ts";
import { makeRolesPerms } from "./commands/roles-perms.ts";
import { makeTokensCreate } from "./commands/tokens-create.ts";
import { makeTokensList } from "./commands/tokens-list.ts";
import { makeTokensRevoke } from "./commands/tokens-revoke.ts";
import { makeUsersCreate } from "./commands/users-create.ts";
import { makeUsersDelete } from "./commands/users-delete.ts";
import { makeUsersExport } from "./commands/users-export.ts";
import { makeUsersImport } from "./commands/users-import.ts";
import { makeUsersList } from "./commands/users-list.ts";
import { makeUsersResetPassword } from "./commands/users-reset-password.ts";
import { makeUsersRole } from "./commands/users-role.ts";
import { makeUsersUpdate } from "./commands/users-update.ts";
import { makeGroup, type Shell } from "./make-command.ts";

/** `millrace users`, `roles` and `tokens`: who may use the server, and what they may do. */
export function makeAccountsGroups(shell: Shell): readonly Command[] {
  return [
    makeGroup("users", "users of the server", [
      makeUsersList(shell),
      makeUsersCreate(shell),
      makeUsersDelete(shell),
      makeUsersResetPassword(shell),
      makeUsersUpdate(shell),
      makeUsersRole(shell, "add-role"),
      makeUsersRole(shell, "remove-role"),
      makeUsersImport(shell),
      makeUsersExport(shell),
    ]).alias("user"),
    makeGroup("roles", "roles of users: what they may do", [
      makeRolesList(shell),
      makeRolesCreate(shell),
      makeRolesDelete(shell),
      makeRolesPerms(shell, "add-perms"),
      makeRolesPerms(shell, "del-perms"),
      makeRolesImport(shell),
      makeRolesExport(shell),
    ]).alias("role"),
    makeGroup("tokens", "bearer tokens for programs", [
      makeTokensCreate(shell),
      makeTokensList(shell),
      makeTokensRevoke(shell),
    ]).alias("token"),
  ];
}
