import { hostname } from "node:os";
import { MillraceError, type Accounts, type Logins, type Micros, type Role, type User } from "@millrace/core";
import { ensureRoles } from "@millrace/server/access";
import { didYouMean } from "../near-names.ts";
import type { CommandContext } from "./make-command.ts";
import { withDatabase, type OpenProject } from "./open-project.ts";

const PAGE = 1_000;

/** Users and roles as a command uses them. */
export interface OpenAccounts {
  readonly accounts: Accounts;
  readonly logins: Logins;
  /** By the database's clock. */
  now(): Promise<Micros>;
  /** Writes down what this command did. */
  note(what: string, about: string): Promise<void>;
}

/** Opens the database for a command about users, roles or tokens; the built-in roles are there. */
export async function withAccounts<T>(context: CommandContext, work: (open: OpenAccounts) => Promise<T>): Promise<T> {
  return await withDatabase(context, async ({ accounts, logins, audit, engine }: OpenProject) => {
    await ensureRoles(accounts);
    const by = `user:${context.terminal.user}`;
    const note: OpenAccounts["note"] = async (what, about) => {
      await audit.record({ event: `cli.${what}`, by, from: hostname(), extra: JSON.stringify({ about }) });
    };
    return await work({ accounts, logins, note, now: () => engine.now() });
  });
}

/** All users by name, a page at a time. */
export async function* allUsers(accounts: Accounts): AsyncIterable<User> {
  for (let offset = 0; ; offset += PAGE) {
    const page = { orderBy: "username", isDescending: false, offset, limit: PAGE } as const;
    const { items, total } = await accounts.listUsers(page);
    yield* items;
    if (offset + PAGE >= total) return;
  }
}

/** All roles by name. */
export async function allRoles(accounts: Accounts): Promise<readonly Role[]> {
  return (await accounts.listRoles({ orderBy: "name", isDescending: false, offset: 0, limit: 100_000 })).items;
}

/** How a command names a user. */
export interface UserName {
  readonly username?: string;
  readonly email?: string;
}

/** @throws MillraceError BAD_ARGUMENT unless one of the two is given, NOT_FOUND with near names */
export async function getUser(accounts: Accounts, { username, email }: UserName): Promise<User> {
  if ((username === undefined) === (email === undefined))
    throw new MillraceError("BAD_ARGUMENT", "say who: either --username or --email");
  if (username !== undefined) {
    const found = await accounts.findUser(username);
    if (found) return found;
  }
  const names: string[] = [];
  for await (const user of allUsers(accounts)) {
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
async function missingRole(accounts: Accounts, name: string): Promise<MillraceError> {
  const near = didYouMean(
    name,
    (await allRoles(accounts)).map((role) => role.name),
  );
  const hint = [near, "`millrace roles list` shows all."].filter((part) => part !== undefined).join(" ");
  return new MillraceError("NOT_FOUND", `there is no role "${name}"`, { details: { role: name, hint } });
}

/** @throws MillraceError NOT_FOUND with near names */
export async function requireRoles(accounts: Accounts, names: readonly string[]): Promise<void> {
  for (const name of names) if (!(await accounts.findRole(name))) throw await missingRole(accounts, name);
}
