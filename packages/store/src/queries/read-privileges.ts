import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

const ROLE = `
  select
    current_user as role,
    has_database_privilege(current_database(), 'create') as may_create_schema,
    to_regnamespace('millrace') is not null as has_schema`;

// Migrations alter tables, which only their owner may.
const SCHEMA = `
  select
    has_schema_privilege('millrace', 'usage, create') as may_use_schema,
    coalesce(array_agg(c.relname::text order by c.relname) filter (
      where not (
        has_table_privilege(c.oid, 'select') and has_table_privilege(c.oid, 'insert')
        and has_table_privilege(c.oid, 'update') and has_table_privilege(c.oid, 'delete')
      )
    ), '{}') as closed,
    coalesce(array_agg(c.relname::text order by c.relname) filter (where not pg_has_role(c.relowner, 'usage')), '{}') as foreign_tables
  from pg_class c
  where c.relnamespace = 'millrace'::regnamespace and c.relkind in ('r', 'p')`;

/** What the user of the database may do. */
export interface DatabasePrivileges {
  readonly role: string;
  readonly hasSchema: boolean;
  readonly mayCreateSchema: boolean;
  /** May make things in the schema; true while there is none. */
  readonly mayUseSchema: boolean;
  /** Tables that it may not read or write. */
  readonly closedTables: readonly string[];
  /** Tables that it does not own, and so cannot migrate. */
  readonly foreignTables: readonly string[];
}

/** Reads what the user of the database may do. */
export async function readPrivileges(pool: DatabasePool): Promise<DatabasePrivileges> {
  type RoleSql = { role: string; may_create_schema: boolean; has_schema: boolean };
  type SchemaSql = { may_use_schema: boolean; closed: string[]; foreign_tables: string[] };
  return await runGuarded(pool, "any", async (client) => {
    const [role] = (await client.query<RoleSql>(ROLE)).rows;
    const schema = role.has_schema ? (await client.query<SchemaSql>(SCHEMA)).rows[0] : undefined;
    return {
      role: role.role,
      hasSchema: role.has_schema,
      mayCreateSchema: role.may_create_schema,
      mayUseSchema: schema?.may_use_schema ?? true,
      closedTables: schema?.closed ?? [],
      foreignTables: schema?.foreign_tables ?? [],
    };
  });
}
