import { ACTIONS, isPermission } from "@millrace/api";
import { isMillraceError, type Accounts, type Permission, type Role, type RoleOrder } from "@millrace/core";
import { ADMIN_ROLE } from "../access/caller-of.ts";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import type { V1Answer, V1Call, V1Handlers } from "./handlers.ts";
import { readOrder } from "./order-by.ts";
import { readPage, sliceOf } from "./paging.ts";
import { reprPython } from "./python-text.ts";

type Names = "get_roles" | "post_role" | "get_role" | "patch_role" | "delete_role" | "get_permissions";
type RoleBody = V1Call<"post_role">["body"];

const ORDERS = { name: "name", role_id: "roleId" } as const satisfies Readonly<Record<string, RoleOrder>>;

/** Roles, and the actions that they are made of. */
export function roleHandlers({ accounts }: ServerPorts, { maximumPageLimit }: ServerSettings): Pick<V1Handlers, Names> {
  return {
    get_roles: async ({ query }) => {
      const { field, descending } = readOrder(query.order_by, Object.keys(ORDERS) as (keyof typeof ORDERS)[], "name");
      const page = readPage(query, maximumPageLimit);
      const { items, total } = await accounts.listRoles({ ...page, orderBy: ORDERS[field], isDescending: descending });
      return { roles: items.map(roleToV1), total_entries: total };
    },
    get_role: async ({ params }) => roleToV1(await get(accounts, params.role_name)),
    post_role: async ({ body }) => {
      const name = requireName(body);
      await orTaken(name, () => accounts.createRole({ name, permissions: permissionsOf(body) ?? [] }));
      return roleToV1(await get(accounts, name));
    },
    patch_role: async ({ params, query, body }) => {
      requireName(body);
      const { role_name: name } = params;
      const before = await get(accounts, name);
      const change = masked(body, query.update_mask);
      const permissions = permissionsOf(change);
      if (before.name === ADMIN_ROLE && change.name !== undefined && change.name !== ADMIN_ROLE)
        throw new Problem(400, { detail: `The role '${ADMIN_ROLE}' cannot be renamed` });
      const newName = change.name ?? name;
      await orTaken(newName, () => accounts.updateRole(name, { name: newName, ...(permissions && { permissions }) }));
      return roleToV1(await get(accounts, newName));
    },
    delete_role: async ({ params }) => {
      if (params.role_name === ADMIN_ROLE)
        throw new Problem(400, { detail: `The role '${ADMIN_ROLE}' cannot be deleted` });
      if (!(await accounts.deleteRole(params.role_name))) missing(params.role_name);
    },
    get_permissions: async ({ query }) => {
      const page = readPage(query, maximumPageLimit);
      return {
        actions: sliceOf(ACTIONS, page).map((name) => ({ name })),
        total_entries: ACTIONS.length,
      };
    },
  };
}

async function get(accounts: Accounts, name: string): Promise<Role> {
  return (await accounts.findRole(name)) ?? missing(name);
}

function missing(name: string): never {
  throw new Problem(404, { title: "Role not found", detail: `Role with name ${reprPython(name)} was not found` });
}

function roleToV1({ name, permissions }: Role): V1Answer<"get_role"> {
  return {
    name,
    actions: permissions.map(({ action, resource }) => ({ action: { name: action }, resource: { name: resource } })),
  };
}

function requireName({ name }: RoleBody): string {
  if (name !== undefined) return name;
  throw new Problem(400, { detail: reprPython({ name: ["Missing data for required field."] }) });
}

function masked(body: RoleBody, mask: readonly string[] | undefined): RoleBody {
  if (mask === undefined || mask.length === 0) return body;
  const wanted = mask.map((field) => field.trim());
  const unknown = wanted.find((field) => !Object.hasOwn(body, field));
  if (unknown !== undefined) throw new Problem(400, { detail: `'${unknown}' in update_mask is unknown` });
  return Object.fromEntries(Object.entries(body).filter(([field]) => wanted.includes(field)));
}

/** @throws Problem 400 for permissions that there are none of */
function permissionsOf({ actions }: RoleBody): readonly Permission[] | undefined {
  return actions?.map(({ action, resource }) => {
    const permission = { action: action?.name ?? "", resource: resource?.name ?? "" };
    if (isPermission(permission.action, permission.resource)) return permission;
    const isAction = ACTIONS.some((each) => each === permission.action);
    const [what, name] = isAction
      ? (["resource", permission.resource] as const)
      : (["action", permission.action] as const);
    throw new Problem(400, { detail: `The specified ${what}: ${reprPython(name)} was not found` });
  });
}

async function orTaken<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isMillraceError(error) || error.code !== "CONFLICT") throw error;
    throw new Problem(409, {
      detail: `Role with name ${reprPython(name)} already exists; please update with the PATCH endpoint`,
      cause: error,
    });
  }
}
