import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { MillraceError } from "@millrace/core";
import type pg from "pg";
import { transaction } from "../postgres/index.ts";

const FILE_NAME = /^(\d{4})-[a-z0-9-]+\.sql$/;
/** Any number that other programs on the same database are not likely to use ("mill" in ASCII). */
const LOCK_KEY = 0x6d696c6c;
const MIGRATION_TIMEOUT_MS = 600_000;

/** What {@link migrate} did. */
export interface MigrationResult {
  readonly from: number;
  readonly to: number;
  readonly applied: readonly string[];
}

/** A migration that a database has. */
export interface AppliedMigration {
  readonly fileName: string;
  readonly hash: string;
}

interface Migration {
  readonly number: number;
  readonly fileName: string;
  readonly sql: string;
  readonly hash: string;
}

/**
 * Brings the schema up to date, each migration in a transaction of its own. Any number of processes may call it at once: one works, the others wait and
 * find nothing to do. Killed in the middle, it goes on where it was.
 *
 * @throws MillraceError SCHEMA_TOO_NEW when a newer Millrace migrated this database, SCHEMA_DIFFERS when another one did; nothing is touched then.
 */
export async function migrate(client: pg.ClientBase): Promise<MigrationResult> {
  const migrations = await readMigrations();
  const applied: string[] = [];
  let from: number | undefined;
  for (;;) {
    const step = await transaction(client, (inside) => applyNext(inside, migrations), {
      lockTimeoutMs: MIGRATION_TIMEOUT_MS,
      statementTimeoutMs: MIGRATION_TIMEOUT_MS,
    });
    from ??= step.before;
    if (step.applied === undefined) return { from, to: step.before, applied };
    applied.push(step.applied);
  }
}

/**
 * Makes the schema, or goes on from where it is, inside of a transaction of the caller's, up to migration `to` (default: the newest).
 *
 * @throws as {@link migrate}
 */
export async function migrateWithin(client: pg.ClientBase, to = Infinity): Promise<void> {
  const migrations = (await readMigrations()).slice(0, to);
  for (;;) if ((await applyNext(client, migrations)).applied === undefined) return;
}

/**
 * Checks that this program has the migrations of a backup, as the first ones of its own.
 *
 * @throws MillraceError SCHEMA_TOO_NEW, SCHEMA_DIFFERS
 */
export async function checkBackupMigrations(made: readonly AppliedMigration[]): Promise<void> {
  versionOf(made, await readMigrations(), "backup");
}

/** The migrations that a database has, in their order. */
export async function readApplied(client: pg.ClientBase): Promise<readonly AppliedMigration[]> {
  const { rows } = await client.query<{ found: boolean }>(
    "select to_regclass('millrace.migration') is not null as found",
  );
  if (rows[0]?.found !== true) return [];
  const applied = await client.query<AppliedMigration>(
    `select file_name as "fileName", hash from millrace.migration order by number`,
  );
  return applied.rows;
}

/**
 * The number of the last migration in the database, 0 when there is none; and of the newest that this program has.
 */
export async function schemaVersion(
  client: pg.ClientBase,
): Promise<{ readonly database: number; readonly program: number }> {
  const migrations = await readMigrations();
  const applied = await readApplied(client);
  return { database: applied.length, program: migrations.length };
}

/** @throws MillraceError SCHEMA_TOO_NEW, SCHEMA_DIFFERS, or NO_DATABASE when migrations are missing. */
export async function checkSchema(client: pg.ClientBase): Promise<void> {
  const migrations = await readMigrations();
  const database = await readVersion(client, migrations);
  const program = migrations.length;
  if (database < program) {
    throw new MillraceError(
      "NO_DATABASE",
      `the database has schema ${database} and this program needs ${program}. Run "millrace db migrate".`,
      { details: { database, program } },
    );
  }
}

async function applyNext(
  client: pg.ClientBase,
  migrations: readonly Migration[],
): Promise<{ before: number; applied?: string }> {
  // Ends with the transaction, so it works behind a pooler.
  await client.query("select pg_advisory_xact_lock($1)", [LOCK_KEY]);
  const before = await readVersion(client, migrations);
  const next = migrations[before];
  if (next === undefined) return { before };
  if (before === 0) {
    await client.query(`create schema if not exists millrace`);
    await client.query(
      `create table millrace.migration (number integer primary key, file_name text not null, hash text not null, at timestamptz not null default now())`,
    );
  }
  await client.query(next.sql);
  await client.query("insert into millrace.migration (number, file_name, hash) values ($1, $2, $3)", [
    next.number,
    next.fileName,
    next.hash,
  ]);
  return { before, applied: next.fileName };
}

/** The number of the last migration in the database, whose migrations must be the first ones of this program. */
async function readVersion(client: pg.ClientBase, migrations: readonly Migration[]): Promise<number> {
  return versionOf(await readApplied(client), migrations, "database");
}

function versionOf(made: readonly AppliedMigration[], migrations: readonly Migration[], what: string): number {
  const details = { database: made.length, program: migrations.length };
  if (made.length > migrations.length) {
    throw new MillraceError(
      "SCHEMA_TOO_NEW",
      `the ${what} has schema ${details.database}, this program knows ${details.program}: a newer Millrace migrated it. Upgrade this program.`,
      { details },
    );
  }
  const other = made.find(({ hash }, index) => hash !== migrations[index].hash);
  if (other === undefined) return made.length;
  throw new MillraceError(
    "SCHEMA_DIFFERS",
    `the ${what} was made with another ${other.fileName} than this program has: by an unreleased Millrace. Begin with an empty database, or use the program that made this one.`,
    { details: { ...details, fileName: other.fileName } },
  );
}

async function readMigrations(): Promise<readonly Migration[]> {
  const names = (await readdir(import.meta.dirname)).filter((name) => FILE_NAME.test(name)).sort();
  return await Promise.all(
    names.map(async (fileName, index) => {
      const number = Number(FILE_NAME.exec(fileName)?.[1]);
      if (number !== index + 1)
        throw new Error(`migrations must be numbered without gaps: ${fileName} is at place ${index + 1}`);
      const sql = await readFile(join(import.meta.dirname, fileName), "utf8");
      return { number, fileName, sql, hash: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}
