import type { Accounts } from "@millrace/core";
import { ADMIN_ROLE, ensureRoles, hashPassword, randomPassword } from "@millrace/server/access";
import type { Config } from "../config.ts";

/** The login of a user that was just made, to be told to people once and never to a log. */
export interface FirstLogin {
  readonly username: string;
  readonly password: string;
}

/**
 * Makes the built-in roles, and a user with role Admin when there is no user at all.
 *
 * @returns how to log in when the password is a random one; undefined when there was a user, or the configuration says the password
 */
export async function ensureFirstUser(
  accounts: Accounts,
  { auth }: Pick<Config, "auth">,
): Promise<FirstLogin | undefined> {
  await ensureRoles(accounts);
  const { total } = await accounts.listUsers({ orderBy: "userId", isDescending: false, offset: 0, limit: 1 });
  if (total > 0) return undefined;
  const { adminUsername: username, adminPassword } = auth;
  const password = adminPassword ?? randomPassword();
  const made = await accounts.createFirstUser({
    username,
    email: `${username}@localhost`,
    firstName: "",
    lastName: "",
    roles: [ADMIN_ROLE],
    passwordHash: await hashPassword(password),
    mustChangePassword: adminPassword === undefined,
  });
  return made && adminPassword === undefined ? { username, password } : undefined;
}
