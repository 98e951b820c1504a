// One transaction from the first statement to the last: a process that dies, a file that ends too early, a row that does not fit leave the database as it was.
import type pg from "pg";
import { MillraceError } from "@millrace/core";
import { refuseWhileAlive } from "../migrations/drop-schema.ts";
import { checkBackupMigrations, migrateWithin } from "../migrations/migrate.ts";
import { copyIn } from "../postgres/copy.ts";
import type { DatabasePool } from "../postgres/index.ts";
import { quoted, type BackupHeader } from "./backup-format.ts";

/** A backup as it is read. */
export interface BackupSource {
  readonly header: BackupHeader;
  /** The rows, table by table in the order of the header; each table's bytes are read to their end before the next is asked for. */
  readonly tables: AsyncIterable<{ readonly name: string; readonly rows: AsyncIterable<Buffer> }>;
  /** Says that everything was read and is whole; it throws when not. The last thing before the commit. */
  whole(): Promise<void>;
}

const BEGIN = `
  begin;
  set local lock_timeout = '30s';
  set local statement_timeout = 0;
  set local idle_in_transaction_session_timeout = 0`;

const HAS_TABLES = "select to_regclass('millrace.migration') is not null as found";

const HAS_ROWS = `
  select exists (select from millrace.dag) or exists (select from millrace.dag_run)
    or exists (select from millrace.variable) or exists (select from millrace.connection) as found`;

const OLD_PARTITIONS = `
  select c.relname::text as name
  from pg_inherits i
  join pg_class c on c.oid = i.inhrelid and c.relkind = 'r'
  where c.relnamespace = 'millrace'::regnamespace`;

const BOUND = /^FOR VALUES FROM \('\d+'\) TO \('\d+'\)$/;
const STORAGE_OPTION = /^[a-z_]+=[\w.]+$/;

// Whoever drove this is not here: DAGs are free, and what ran starts again with whoever takes them.
const NOBODY_LIVES = [
  "update millrace.scheduler set ended_at = now() where ended_at is null",
  "update millrace.dag set owner = null, owned_at = null where owner is not null",
  "delete from millrace.pool_grant",
  "update millrace.outbox set taken_by = null where taken_by is not null",
];

/** True when the database has DAGs, runs, variables or connections of Millrace. */
export async function hasRows(pool: DatabasePool): Promise<boolean> {
  return await pool.withClient(async (client) => {
    const [tables] = (await client.query<{ found: boolean }>(HAS_TABLES)).rows;
    if (tables?.found !== true) return false;
    return (await client.query<{ found: boolean }>(HAS_ROWS)).rows[0]?.found === true;
  });
}

/**
 * Puts a backup in the place of everything that Millrace has in a database: makes the schema of the backup, fills it, and brings it up to date.
 *
 * @returns how many rows each table got.
 * @throws MillraceError CONFLICT while a scheduler lives; SCHEMA_TOO_NEW, SCHEMA_DIFFERS; what `source` throws. Nothing has changed then.
 */
export async function restoreDatabase(pool: DatabasePool, source: BackupSource): Promise<ReadonlyMap<string, number>> {
  await checkBackupMigrations(source.header.migrations);
  return await pool.withClient(async (client) => {
    await client.query(BEGIN);
    try {
      const rows = await putInPlace(client, source);
      await source.whole();
      await client.query("commit");
      return rows;
    } catch (error) {
      await client.query("rollback").catch(() => undefined);
      throw error;
    }
  });
}

async function putInPlace(client: pg.ClientBase, source: BackupSource): Promise<ReadonlyMap<string, number>> {
  const { header } = source;
  await refuseWhileAlive(client);
  await client.query("drop schema if exists millrace cascade");
  await migrateWithin(client, header.migrations.length);
  await makeRoom(client, header);
  const counts = new Map<string, number>();
  const columns = new Map(header.tables.map((table) => [table.name, table.columns]));
  for await (const { name, rows } of source.tables) {
    const names = columns.get(name);
    if (names === undefined)
      throw new MillraceError("BAD_ARGUMENT", `the backup has rows of ${name}, but no such table`);
    counts.set(name, await copyIn(client, `copy millrace.${quoted(name)} (${names.join(", ")}) from stdin`, rows));
  }
  // Not while it is filled: what was collected before its DAG was paused stays collected.
  for (const { name } of header.tables) await client.query(`alter table millrace.${quoted(name)} enable trigger user`);
  for (const { name, lastValue } of header.sequences)
    if (lastValue !== null)
      await client.query("select setval(('millrace.' || quote_ident($1))::regclass, $2::bigint)", [name, lastValue]);
  await migrateWithin(client);
  for (const statement of NOBODY_LIVES) await client.query(statement);
  return counts;
}

/** The tables as the backup has them: empty, divided alike, without triggers. */
async function makeRoom(client: pg.ClientBase, { tables, partitions }: BackupHeader): Promise<void> {
  await client.query(`truncate ${tables.map(({ name }) => `millrace.${quoted(name)}`).join(", ")}`);
  for (const { name } of tables) await client.query(`alter table millrace.${quoted(name)} disable trigger user`);
  for (const { name } of (await client.query<{ name: string }>(OLD_PARTITIONS)).rows)
    await client.query(`drop table millrace.${quoted(name)}`);
  for (const { name, parent, bound, options } of partitions) {
    if (!BOUND.test(bound) || !options.every((option) => STORAGE_OPTION.test(option)))
      throw new MillraceError("BAD_ARGUMENT", `the backup has a partition ${name} that is none: ${bound}`);
    const child = `millrace.${quoted(name)}`;
    await client.query(`create table ${child} (like millrace.${quoted(parent)} including all)`);
    if (options.length > 0) await client.query(`alter table ${child} set (${options.join(", ")})`);
    await client.query(`alter table millrace.${quoted(parent)} attach partition ${child} ${bound}`);
  }
}
