import { readPrivileges, type DatabasePrivileges } from "@millrace/store";
import { makeCheck } from "../check.ts";
import { bad, findingsOr, warn, type Verdict } from "../verdict.ts";

/** What the role may not do: read and write is bad, migrate is a warning until there is a migration. */
export function judgePrivileges(facts: DatabasePrivileges): readonly Verdict[] {
  const { role, hasSchema, mayCreateSchema, mayUseSchema, closedTables, foreignTables } = facts;
  const named = (tables: readonly string[]): string =>
    tables.length > 3 ? `${tables.slice(0, 3).join(", ")} and ${tables.length - 3} more` : tables.join(", ");
  return findingsOr(
    [
      !hasSchema && !mayCreateSchema
        ? bad(`${role} may not make a schema in this database`, `grant create on database … to ${role}`)
        : undefined,
      mayUseSchema
        ? undefined
        : bad(
            `${role} may not make tables in the schema millrace`,
            `grant usage, create on schema millrace to ${role}`,
          ),
      closedTables.length > 0
        ? bad(
            `${role} may not read and write ${named(closedTables)}`,
            `grant select, insert, update, delete on all tables in schema millrace to ${role}`,
          )
        : undefined,
      foreignTables.length > 0
        ? warn(
            `${role} does not own ${named(foreignTables)}, and so cannot migrate them`,
            `Let ${role} own all of the schema millrace: reassign owned by … to ${role}`,
          )
        : undefined,
    ],
    `${role} may do all that Millrace does; no extension is needed`,
  );
}

/** Rights of the database's user. */
export const privilegesCheck = makeCheck({
  name: "privileges",
  about: "what the user of the database may do",
  needs: "database",
  gather: ({ pool }) => readPrivileges(pool),
  judge: judgePrivileges,
});
