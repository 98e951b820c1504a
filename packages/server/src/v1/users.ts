import { isMillraceError, type Accounts, type User, type UserOrder, type UserPatch } from "@millrace/core";
import { hashPassword } from "../access/passwords.ts";
import { PUBLIC_ROLE } from "../access/caller-of.ts";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import type { V1Answer, V1Call, V1Handlers } from "./handlers.ts";
import { isoOrNull } from "./instants.ts";
import { readOrder } from "./order-by.ts";
import { readPage } from "./paging.ts";
import { reprPython } from "./python-text.ts";

type Names = "get_users" | "post_user" | "get_user" | "patch_user" | "delete_user";
type UserBody = V1Call<"post_user">["body"];

const ORDERS = {
  id: "userId",
  first_name: "firstName",
  last_name: "lastName",
  user_name: "username",
  username: "username",
  email: "email",
  is_active: "isActive",
} as const satisfies Readonly<Record<string, UserOrder>>;

const REQUIRED = ["username", "email", "first_name", "last_name"] as const;

/** Users. Passwords go in and never come out. */
export function userHandlers({ accounts }: ServerPorts, { maximumPageLimit }: ServerSettings): Pick<V1Handlers, Names> {
  return {
    get_users: async ({ query }) => {
      const { field, descending } = readOrder(query.order_by, Object.keys(ORDERS) as (keyof typeof ORDERS)[], "id");
      const page = readPage(query, maximumPageLimit);
      const { items, total } = await accounts.listUsers({ ...page, orderBy: ORDERS[field], isDescending: descending });
      return { users: items.map(userToV1), total_entries: total };
    },
    get_user: async ({ params }) => userToV1((await accounts.findUser(params.username)) ?? missing(params.username)),
    post_user: async ({ body }) => {
      const given = requireWhole(body);
      const roles = rolesOf(body) ?? [];
      return userToV1(
        await orRefuse("create", () =>
          create(accounts, {
            ...given,
            roles: roles.length === 0 ? [PUBLIC_ROLE] : roles,
            ...(body.password !== undefined && { password: body.password }),
          }),
        ),
      );
    },
    patch_user: async ({ params, query, body }) => {
      requireWhole(body);
      const patch = await patchOf(masked(body, query.update_mask));
      const user = await orRefuse("update", () => accounts.updateUser(params.username, patch));
      return userToV1(user ?? missing(params.username));
    },
    delete_user: async ({ params }) => {
      if (!(await accounts.deleteUser(params.username))) missing(params.username);
    },
  };
}

interface Given {
  readonly username: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly roles: readonly string[];
  readonly password?: string;
}

async function create(accounts: Accounts, { password, ...user }: Given): Promise<User> {
  return await accounts.createUser({
    ...user,
    ...(password !== undefined && { passwordHash: await hashPassword(password) }),
  });
}

function userToV1(user: User): V1Answer<"get_user"> {
  return {
    first_name: user.firstName,
    last_name: user.lastName,
    username: user.username,
    email: user.email,
    active: user.isActive,
    last_login: isoOrNull(user.lastLoginAt),
    login_count: user.loginCount,
    failed_login_count: user.failedLoginCount,
    roles: user.roles.map((name) => ({ name })),
    created_on: isoOrNull(user.createdAt),
    changed_on: isoOrNull(user.changedAt),
  };
}

/** @throws Problem 400 naming all fields that are missing, also where a mask would not take them */
function requireWhole(body: UserBody): Omit<Given, "roles" | "password"> {
  const { username, email, first_name: firstName, last_name: lastName } = body;
  if (username !== undefined && email !== undefined && firstName !== undefined && lastName !== undefined)
    return { username, email, firstName, lastName };
  const absent = REQUIRED.filter((field) => body[field] === undefined);
  const detail = reprPython(Object.fromEntries(absent.map((field) => [field, ["Missing data for required field."]])));
  throw new Problem(400, { detail });
}

function masked(body: UserBody, mask: readonly string[] | undefined): UserBody {
  if (mask === undefined) return body;
  const wanted = mask.map((field) => field.trim());
  const unknown = wanted.filter((field) => !Object.hasOwn(body, field));
  if (unknown.length > 0)
    throw new Problem(400, { detail: `Unknown update masks: ${unknown.map(reprPython).join(", ")}` });
  return Object.fromEntries(Object.entries(body).filter(([field]) => wanted.includes(field)));
}

async function patchOf(body: UserBody): Promise<UserPatch> {
  const { username, email, first_name: firstName, last_name: lastName, password } = body;
  const roles = rolesOf(body);
  return {
    ...(username !== undefined && { username }),
    ...(email !== undefined && { email }),
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(roles && { roles }),
    ...(password !== undefined && { passwordHash: await hashPassword(password) }),
  };
}

function rolesOf({ roles }: UserBody): readonly string[] | undefined {
  return roles?.flatMap((role) => (role?.name === undefined ? [] : [role.name]));
}

function missing(username: string): never {
  throw new Problem(404, {
    title: "User not found",
    detail: `The User with username \`${username}\` was not found`,
  });
}

/** Says in Airflow's words what clashed. */
async function orRefuse<T>(verb: "create" | "update", work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    const { field, value, roles } = error.details as {
      readonly field?: string;
      readonly value?: string;
      readonly roles?: readonly string[];
    };
    if (error.code === "NOT_FOUND" && roles)
      throw new Problem(400, { detail: `Unknown roles: ${roles.map(reprPython).join(", ")}`, cause: error });
    if (error.code === "CONFLICT")
      throw new Problem(409, { detail: field ? clash(verb, field, value) : error.message, cause: error });
    throw error;
  }
}

function clash(verb: "create" | "update", field: string | undefined, value = ""): string {
  if (verb === "update") return `The ${field ?? "username"} \`${value}\` already exists`;
  if (field === "email") return `The email \`${value}\` is already taken.`;
  return `Username \`${value}\` already exists. Use PATCH to update.`;
}
