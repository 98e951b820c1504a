import {
  MillraceError,
  type Counted,
  type Micros,
  type NewUser,
  type OffsetPage,
  type User,
  type UserOrder,
  type UserPatch,
} from "@millrace/core";
import type pg from "pg";
import { cleanText } from "../commit/text-rules.ts";
import { transaction, type DatabasePool } from "../postgres/index.ts";
import { keepAnAdmin } from "./keep-an-admin.ts";
import { runGuarded } from "./run-guarded.ts";

const ROLES_OF = `
  array(
    select r.name
    from millrace.account_role ar
    join millrace.role r on r.role_id = ar.role_id
    where ar.user_id = u.user_id
    order by r.name
  )`;

/** The columns of a user `u`, as {@link userOf} reads them. */
export const USER_COLUMNS = `
  u.user_id, u.username, u.email, u.first_name, u.last_name, u.active, u.origin, u.must_change_password, u.login_count, u.failed_login_count,
  u.last_login_at, u.created_at, u.changed_at, ${ROLES_OF} as roles`;

const FIND = `
  select ${USER_COLUMNS}
  from millrace.account u
  where lower(u.username) = lower($1)`;

const COUNT = "select count(*) as total from millrace.account";

const ORDERS: Readonly<Record<UserOrder, string>> = {
  userId: "u.user_id",
  username: "u.username",
  email: "u.email",
  firstName: "u.first_name",
  lastName: "u.last_name",
  isActive: "u.active",
};

const INSERT = `
  insert into millrace.account (username, email, first_name, last_name, origin, password_hash, active, must_change_password)
  values ($1, $2, $3, $4, $5, $6, $7, $8)
  returning user_id`;

// A null leaves a column as it is.
const UPDATE = `
  update millrace.account
  set username = coalesce($2, username), email = coalesce($3, email), first_name = coalesce($4, first_name), last_name = coalesce($5, last_name),
    password_hash = coalesce($6, password_hash), active = coalesce($7, active), must_change_password = coalesce($8, must_change_password),
    changed_at = now()
  where user_id = $1`;

const LOCK = "select user_id from millrace.account where lower(username) = lower($1) for update";
const FORGET_ROLES = "delete from millrace.account_role where user_id = $1";
const GIVE_ROLES = `
  insert into millrace.account_role (user_id, role_id)
  select $1, role_id from millrace.role where name = any ($2)
  returning role_id`;
const KNOWN_ROLES = "select name from millrace.role where name = any ($1)";
const END_SESSIONS = "delete from millrace.login_session where user_id = $1";
const DELETE = "delete from millrace.account where lower(username) = lower($1)";
// Nobody else makes a user meanwhile.
const LOCK_ALL = "lock table millrace.account in share row exclusive mode";
const IS_ANY = "select exists (select from millrace.account) as is_any";

/** A row with {@link USER_COLUMNS}. */
export interface UserSql {
  readonly user_id: number;
  readonly username: string;
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly active: boolean;
  readonly origin: User["origin"];
  readonly must_change_password: boolean;
  readonly login_count: number;
  readonly failed_login_count: number;
  readonly last_login_at: Micros | null;
  readonly created_at: Micros;
  readonly changed_at: Micros;
  readonly roles: readonly string[];
}

/** A user from their row. */
export function userOf(row: UserSql): User {
  return {
    userId: row.user_id,
    username: row.username,
    email: row.email,
    firstName: row.first_name,
    lastName: row.last_name,
    isActive: row.active,
    origin: row.origin,
    mustChangePassword: row.must_change_password,
    roles: row.roles,
    loginCount: row.login_count,
    failedLoginCount: row.failed_login_count,
    ...(row.last_login_at !== null && { lastLoginAt: row.last_login_at }),
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
}

/** A part of the list of users; ties by id. */
export async function listUsers(
  pool: DatabasePool,
  { orderBy, isDescending, offset, limit }: OffsetPage<UserOrder>,
): Promise<Counted<User>> {
  const direction = isDescending ? "desc" : "asc";
  const list = `
    select ${USER_COLUMNS}
    from millrace.account u
    order by ${ORDERS[orderBy]} ${direction}, u.user_id ${direction}
    limit $1 offset $2`;
  return await runGuarded(pool, "any", async (client) => {
    const { rows } = await client.query<UserSql>(list, [limit, offset]);
    const counted = await client.query<{ total: number }>(COUNT);
    return { items: rows.map(userOf), total: counted.rows[0]?.total ?? 0 };
  });
}

/** A user by name, whatever its case. */
export async function findUser(pool: DatabasePool, username: string): Promise<User | undefined> {
  return await runGuarded(pool, "any", (client) => find(client, username));
}

/** @throws MillraceError CONFLICT, NOT_FOUND */
export async function createUser(pool: DatabasePool, user: NewUser): Promise<User> {
  return await write(pool, user, (client) => insert(client, user));
}

/** Makes a user when there is none; undefined when there was one. */
export async function createFirstUser(pool: DatabasePool, user: NewUser): Promise<User | undefined> {
  return await write(pool, user, async (client) => {
    await client.query(LOCK_ALL);
    const { rows } = await client.query<{ is_any: boolean }>(IS_ANY);
    return rows[0]?.is_any === true ? undefined : await insert(client, user);
  });
}

/** @returns undefined when there is no such user. @throws MillraceError CONFLICT, NOT_FOUND */
export async function updateUser(pool: DatabasePool, username: string, patch: UserPatch): Promise<User | undefined> {
  const mayTakeRole = (patch.roles !== undefined || patch.isActive === false) && !patch.isVouchedFor;
  return await write(pool, patch, async (client) => {
    const change = (): Promise<User | undefined> => applyPatch(client, username, patch);
    return await (mayTakeRole ? keepAnAdmin(client, username, change) : change());
  });
}

/** @returns false when there is no such user */
export async function deleteUser(pool: DatabasePool, username: string): Promise<boolean> {
  return await runGuarded(pool, "any", (client) =>
    transaction(client, async () => {
      const { rowCount } = await keepAnAdmin(client, username, () => client.query(DELETE, [cleanText(username)]));
      return rowCount === 1;
    }),
  );
}

async function applyPatch(client: pg.ClientBase, username: string, patch: UserPatch): Promise<User | undefined> {
  const { rows } = await client.query<{ user_id: number }>(LOCK, [cleanText(username)]);
  const userId = rows[0]?.user_id;
  if (userId === undefined) return undefined;
  const { email, firstName, lastName, passwordHash, isActive, mustChangePassword, roles } = patch;
  const texts = [patch.username, email, firstName, lastName].map((text) =>
    text === undefined ? null : cleanText(text),
  );
  await client.query(UPDATE, [userId, ...texts, passwordHash ?? null, isActive ?? null, mustChangePassword ?? null]);
  if (roles) await setRoles(client, userId, roles);
  if (passwordHash !== undefined || isActive === false) await client.query(END_SESSIONS, [userId]);
  return await find(client, patch.username ?? username);
}

async function find(client: pg.ClientBase, username: string): Promise<User | undefined> {
  const { rows } = await client.query<UserSql>(FIND, [cleanText(username)]);
  return rows[0] && userOf(rows[0]);
}

async function insert(client: pg.ClientBase, user: NewUser): Promise<User> {
  const { username, email, firstName, lastName, roles } = user;
  const { origin = "local", passwordHash = null, isActive = true, mustChangePassword = false } = user;
  const texts = [username, email, firstName, lastName].map(cleanText);
  const { rows } = await client.query<{ user_id: number }>(INSERT, [
    ...texts,
    origin,
    passwordHash,
    isActive,
    mustChangePassword,
  ]);
  await setRoles(client, rows[0]?.user_id ?? 0, roles);
  const made = await find(client, username);
  if (!made) throw new Error(`the user ${username} was made and is not there`);
  return made;
}

async function setRoles(client: pg.ClientBase, userId: number, roles: readonly string[]): Promise<void> {
  const names = [...new Set(roles)];
  await client.query(FORGET_ROLES, [userId]);
  const { rowCount } = await client.query(GIVE_ROLES, [userId, names]);
  if (rowCount === names.length) return;
  const { rows } = await client.query<{ name: string }>(KNOWN_ROLES, [names]);
  const missing = names.filter((name) => !rows.some((row) => row.name === name));
  throw new MillraceError("NOT_FOUND", `there is no role ${missing.map((name) => JSON.stringify(name)).join(", ")}`, {
    details: { roles: missing },
  });
}

async function write<T>(
  pool: DatabasePool,
  { username, email }: { readonly username?: string; readonly email?: string },
  work: (client: pg.ClientBase) => Promise<T>,
): Promise<T> {
  try {
    return await runGuarded(pool, "any", (client) => transaction(client, work));
  } catch (error) {
    const constraint = (error as Partial<MillraceError>).details?.["constraint"];
    if (constraint === "account_username") throw taken("username", username, error);
    if (constraint === "account_email") throw taken("email", email, error);
    throw error;
  }
}

function taken(field: "username" | "email", value: string | undefined, cause: unknown): MillraceError {
  return new MillraceError("CONFLICT", `there is already a user with the ${field} "${value ?? ""}"`, {
    details: { field, value },
    cause,
  });
}
