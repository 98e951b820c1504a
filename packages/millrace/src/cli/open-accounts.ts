import { hostname } from "node:os";
import { MillraceError, type User } from "@millrace/core";
import { didYouMean } from "../near-names.ts";
import type { CommandContext } from "./make-command.ts";
import type { ManagedAccounts, ManagedTokens } from "./managed-accounts.ts";
import { withDatabase, type OpenProject } from "./open-project.ts";

/** Users and roles as a command uses them. */
export interface OpenAccounts {
  readonly accounts: ManagedAccounts;
  readonly tokens: ManagedTokens;
  /** Writes down what this command did; a server writes down by itself what it is asked for. */
  note(what: string, about: string): Promise<void>;
}

/** Opens the database, or the server's, for a command about users, roles or tokens; the built-in roles are there. */
export async function withAccounts<T>(context: CommandContext, work: (open: OpenAccounts) => Promise<T>): Promise<T> {
  return await withDatabase(context, async ({ accounts, tokens, audit, ensureRoles }: OpenProject) => {
    await ensureRoles();
    const by = `user:${context.terminal.user}`;
    const note: OpenAccounts["note"] = async (what, about) => {
      if (context.remote) return;
      await audit.record({ event: `cli.${what}`, by, from: hostname(), extra: JSON.stringify({ about }) });
    };
    return await work({ accounts, tokens, note });
  });
}

/** How a command names a user. */
export interface UserName {
  readonly username?: string;
  readonly email?: string;
}

/** @throws MillraceError BAD_ARGUMENT unless one of the two is given, NOT_FOUND with near names */
export async function getUser(accounts: ManagedAccounts, { username, email }: UserName): Promise<User> {
  if ((username === undefined) === (email === undefined))
    throw new MillraceError("BAD_ARGUMENT", "say who: either --username or --email");
  if (username !== undefined) {
    const found = await accounts.findUser(username);
    if (found) return found;
  }
  const names: string[] = [];
  for await (const user of accounts.users()) {
    if (email !== undefined && user.email.toLowerCase() === email.toLowerCase()) return user;
    names.push(email === undefined ? user.username : user.email);
  }
  const wanted = username ?? email ?? "";
  const hint = [didYouMean(wanted, names), "`millrace users list` shows all."].filter((part) => part !== undefined);
  throw new MillraceError("NOT_FOUND", `there is no user "${wanted}"`, {
    details: { user: wanted, hint: hint.join(" ") },
  });
}

/** The error of who names a role that is not there, with near names. */
async function missingRole(accounts: ManagedAccounts, name: string): Promise<MillraceError> {
  const near = didYouMean(
    name,
    (await accounts.roles()).map((role) => role.name),
  );
  const hint = [near, "`millrace roles list` shows all."].filter((part) => part !== undefined).join(" ");
  return new MillraceError("NOT_FOUND", `there is no role "${name}"`, { details: { role: name, hint } });
}

/** @throws MillraceError NOT_FOUND with near names */
export async function requireRoles(accounts: ManagedAccounts, names: readonly string[]): Promise<void> {
  for (const name of new Set(names)) if (!(await accounts.findRole(name))) throw await missingRole(accounts, name);
}
