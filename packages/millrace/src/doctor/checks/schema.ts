import { isMillraceError } from "@millrace/core";
import { checkSchema, schemaVersion } from "@millrace/store";
import { makeCheck } from "../check.ts";
import { counted } from "../counted.ts";
import { bad, ok, warn, type Verdict } from "../verdict.ts";

/** Numbers of the last migrations. */
export interface SchemaFacts {
  /** 0 = there is no schema. */
  readonly database: number;
  readonly program: number;
  /** Why the schema is none of this program. */
  readonly trouble?: { readonly code: string; readonly message: string };
}

/** A schema of another program is bad; migrations that wait are made at the next start. */
export function judgeSchema({ database, program, trouble }: SchemaFacts): readonly Verdict[] {
  if (trouble)
    return [
      bad(
        trouble.message,
        trouble.code === "SCHEMA_TOO_NEW"
          ? "Upgrade this Millrace to the version of the one that migrated the database."
          : "Use the Millrace that made this database, or begin anew with `millrace db reset`.",
      ),
    ];
  if (database === 0)
    return [warn("the database has no schema yet", "`millrace start` makes it, and so does `millrace db migrate`.")];
  if (database < program)
    return [
      warn(
        `the schema is at version ${database}, and this program has ${program}: ${counted(program - database, "migration")} to be made`,
        "Stop older Millrace processes, then call `millrace db migrate`; `millrace start` does it, too.",
      ),
    ];
  return [ok(`the schema is at version ${database}, that of this program`)];
}

/** Migrations. */
export const schemaCheck = makeCheck({
  name: "schema",
  about: "whether the schema is that of this program",
  needs: "database",
  gather: async ({ pool }): Promise<SchemaFacts> =>
    await pool.withClient(async (client) => {
      const versions = await schemaVersion(client);
      if (versions.database < versions.program) return versions;
      try {
        await checkSchema(client);
        return versions;
      } catch (error) {
        if (!isMillraceError(error)) throw error;
        return { ...versions, trouble: { code: error.code, message: error.message } };
      }
    }),
  judge: judgeSchema,
});
