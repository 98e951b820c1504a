// A process that is killed while it migrates: the next start goes on where it was, and the schema is the same.
import { migrate, openPool } from "@millrace/store";
import { testDatabase } from "@millrace/store/testing";
import { expect, test } from "vitest";
import { describeSchema } from "../../packages/store/src/migrations/describe-schema.ts";
import { migrateToDeath, type MigrationDeath } from "./harness/migrate-to-death.ts";

const MOST_DEATHS = 14;

interface Migrated {
  readonly schema: string;
  /** Number, file and hash of each migration. */
  readonly rows: readonly object[];
}

async function readMigrated(url: string): Promise<Migrated> {
  await using pool = await openPool({ url, max: 2 });
  const schema = await pool.withClient((client) => describeSchema(client));
  const { rows } = await pool.query<object>("select number, file_name, hash from millrace.migration order by number");
  return { schema, rows };
}

async function undisturbed(): Promise<Migrated & { readonly statements: number }> {
  await using database = await testDatabase();
  const statements = (await migrateToDeath(database.url, null)) ?? 0;
  return { ...(await readMigrated(database.url)), statements };
}

// The points are the statements that an undisturbed migration sends.
const { statements, ...whole } = await undisturbed();
const deaths: readonly MigrationDeath[] = Array.from({ length: Math.min(MOST_DEATHS, statements) }, (_, i) => ({
  statement: 1 + Math.round((i * (statements - 1)) / (MOST_DEATHS - 1)),
  at: i % 3 === 0 ? "before" : "sent",
}));

test("an undisturbed migration sends more statements than there are migrations", () => {
  expect(whole.rows.length).toBeGreaterThanOrEqual(4);
  expect(statements).toBeGreaterThan(whole.rows.length * 4);
});

test.concurrent.for(deaths)(
  "killed at statement $statement ($at): the next one finishes it",
  async (death, { expect }) => {
    await using database = await testDatabase();
    expect(await migrateToDeath(database.url, death)).toBe(undefined);
    await using pool = await openPool({ url: database.url, max: 2 });
    const { from, to } = await pool.withClient((client) => migrate(client));
    expect(to).toBe(whole.rows.length);
    expect(from).toBeLessThanOrEqual(to);
    expect(await readMigrated(database.url)).toEqual(whole);
  },
);
