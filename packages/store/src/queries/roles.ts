import {
  MillraceError,
  type Counted,
  type OffsetPage,
  type Permission,
  type Role,
  type RoleOrder,
} from "@millrace/core";
import type pg from "pg";
import { cleanText } from "../commit/text-rules.ts";
import { transaction, type DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

const MAKE_MISSING = `
  insert into millrace.role (name)
  select name from unnest($1::text[]) name
  on conflict (name) do nothing`;

const GIVE_NEW = `
  with fresh as (
    insert into millrace.given_permission (role, resource, action)
    select u.role, u.resource, u.action
    from unnest($1::text[], $2::text[], $3::text[]) u (role, resource, action)
    on conflict do nothing
    returning role, resource, action
  )
  insert into millrace.role_permission (role_id, resource, action)
  select r.role_id, f.resource, f.action
  from fresh f
  join millrace.role r on r.name = f.role
  on conflict do nothing`;

const COLUMNS = `
  r.name,
  array(select p.action from millrace.role_permission p where p.role_id = r.role_id order by p.resource, p.action) as actions,
  array(select p.resource from millrace.role_permission p where p.role_id = r.role_id order by p.resource, p.action) as resources`;

const FIND = `
  select ${COLUMNS}
  from millrace.role r
  where r.name = $1`;

const COUNT = "select count(*) as total from millrace.role";
const ORDERS: Readonly<Record<RoleOrder, string>> = { roleId: "r.role_id", name: "r.name" };

const INSERT = "insert into millrace.role (name) values ($1) returning role_id";
const LOCK = "select role_id from millrace.role where name = $1 for update";
const RENAME = "update millrace.role set name = $2 where role_id = $1";
const FORGET = "delete from millrace.role_permission where role_id = $1";
const DELETE = "delete from millrace.role where name = $1";

const GRANT = `
  insert into millrace.role_permission (role_id, resource, action)
  select $1, u.resource, u.action
  from unnest($2::text[], $3::text[]) u (resource, action)
  on conflict do nothing`;

const REVOKE = `
  delete from millrace.role_permission p
  using unnest($2::text[], $3::text[]) u (resource, action)
  where p.role_id = $1 and p.resource = u.resource and p.action = u.action`;

interface RoleSql {
  readonly name: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** Makes missing built-in roles, and gives them permissions that they never had. */
export async function syncRoles(pool: DatabasePool, builtIn: readonly Role[]): Promise<void> {
  const given = builtIn.flatMap(({ name, permissions }) => permissions.map((permission) => ({ name, ...permission })));
  await runGuarded(pool, "any", (client) =>
    transaction(client, async () => {
      await client.query(MAKE_MISSING, [builtIn.map(({ name }) => name)]);
      await client.query(GIVE_NEW, [
        given.map(({ name }) => name),
        given.map(({ resource }) => resource),
        given.map(({ action }) => action),
      ]);
    }),
  );
}

/** A part of the list of roles. */
export async function listRoles(
  pool: DatabasePool,
  { orderBy, isDescending, offset, limit }: OffsetPage<RoleOrder>,
): Promise<Counted<Role>> {
  const list = `
    select ${COLUMNS}
    from millrace.role r
    order by ${ORDERS[orderBy]} ${isDescending ? "desc" : "asc"}
    limit $1 offset $2`;
  return await runGuarded(pool, "any", async (client) => {
    const { rows } = await client.query<RoleSql>(list, [limit, offset]);
    const counted = await client.query<{ total: number }>(COUNT);
    return { items: rows.map(roleOf), total: counted.rows[0]?.total ?? 0 };
  });
}

/** A role by its exact name. */
export async function findRole(pool: DatabasePool, name: string): Promise<Role | undefined> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<RoleSql>(FIND, [cleanText(name)]));
  return rows[0] && roleOf(rows[0]);
}

/** @throws MillraceError CONFLICT */
export async function createRole(pool: DatabasePool, { name, permissions }: Role): Promise<void> {
  await write(pool, name, async (client) => {
    const { rows } = await client.query<{ role_id: number }>(INSERT, [cleanText(name)]);
    await client.query(GRANT, [rows[0]?.role_id, ...columnsOf(permissions)]);
    return true;
  });
}

/** @returns false when there is no such role. @throws MillraceError CONFLICT */
export async function updateRole(pool: DatabasePool, name: string, patch: Partial<Role>): Promise<boolean> {
  return await onRole(pool, name, patch.name, async (client, roleId) => {
    if (patch.name !== undefined && patch.name !== name) await client.query(RENAME, [roleId, cleanText(patch.name)]);
    if (!patch.permissions) return;
    await client.query(FORGET, [roleId]);
    await client.query(GRANT, [roleId, ...columnsOf(patch.permissions)]);
  });
}

/** @returns false when there is no such role */
export async function grantPermissions(
  pool: DatabasePool,
  role: string,
  permissions: readonly Permission[],
): Promise<boolean> {
  return await onRole(pool, role, undefined, async (client, roleId) => {
    await client.query(GRANT, [roleId, ...columnsOf(permissions)]);
  });
}

/** @returns false when there is no such role */
export async function revokePermissions(
  pool: DatabasePool,
  role: string,
  permissions: readonly Permission[],
): Promise<boolean> {
  return await onRole(pool, role, undefined, async (client, roleId) => {
    await client.query(REVOKE, [roleId, ...columnsOf(permissions)]);
  });
}

/** @returns false when there is no such role */
export async function deleteRole(pool: DatabasePool, name: string): Promise<boolean> {
  const { rowCount } = await runGuarded(pool, "any", (client) => client.query(DELETE, [cleanText(name)]));
  return rowCount === 1;
}

async function onRole(
  pool: DatabasePool,
  name: string,
  newName: string | undefined,
  work: (client: pg.ClientBase, roleId: number) => Promise<void>,
): Promise<boolean> {
  return await write(pool, newName ?? name, async (client) => {
    const { rows } = await client.query<{ role_id: number }>(LOCK, [cleanText(name)]);
    if (!rows[0]) return false;
    await work(client, rows[0].role_id);
    return true;
  });
}

async function write(
  pool: DatabasePool,
  name: string,
  work: (client: pg.ClientBase) => Promise<boolean>,
): Promise<boolean> {
  try {
    return await runGuarded(pool, "any", (client) => transaction(client, work));
  } catch (error) {
    if ((error as Partial<MillraceError>).details?.["constraint"] !== "role_name_key") throw error;
    throw new MillraceError("CONFLICT", `there is already a role "${name}"`, { details: { role: name }, cause: error });
  }
}

function columnsOf(permissions: readonly Permission[]): readonly [resources: string[], actions: string[]] {
  return [permissions.map(({ resource }) => cleanText(resource)), permissions.map(({ action }) => cleanText(action))];
}

function roleOf({ name, actions, resources }: RoleSql): Role {
  return { name, permissions: actions.map((action, index) => ({ action, resource: resources[index] ?? "" })) };
}
