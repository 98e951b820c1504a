// One transaction, one snapshot: what others commit meanwhile is not in it. Every table is locked against being dropped before the snapshot is taken, so that
// retention drops no partition under it; nobody else waits for these locks.
import type pg from "pg";
import { MillraceError } from "@millrace/core";
import { copyOut } from "../postgres/copy.ts";
import type { DatabasePool } from "../postgres/index.ts";
import { readApplied } from "../migrations/migrate.ts";
import { NOT_COPIED, quoted, type BackupHeader } from "./backup-format.ts";

/** What somebody does with the parts of a backup, one after the other. */
export interface BackupSink {
  header(header: BackupHeader): Promise<void>;
  /** A piece of a table's rows, in COPY's text format; a row may go on in the next piece. */
  rows(table: string, chunk: Buffer): Promise<void>;
}

const BEGIN = `
  begin isolation level repeatable read read only;
  set local lock_timeout = '30s';
  set local statement_timeout = 0;
  set local idle_in_transaction_session_timeout = 0`;

const EVERY_TABLE = `
  select c.relname as name
  from pg_class c
  where c.relnamespace = 'millrace'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  order by c.relname`;

const COLUMNS = `
  select array_agg(a.attname::text order by a.attnum) as columns
  from pg_attribute a
  where a.attrelid = ('millrace.' || quote_ident($1))::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''`;

const REFERENCES = `
  select child.relname::text as child, parent.relname::text as parent
  from pg_constraint c
  join pg_class child on child.oid = c.conrelid
  join pg_class parent on parent.oid = c.confrelid
  where c.contype = 'f' and c.connamespace = 'millrace'::regnamespace and c.conrelid <> c.confrelid`;

const SEQUENCES = `
  select sequencename::text as name, last_value::text as "lastValue"
  from pg_sequences
  where schemaname = 'millrace'
  order by 1`;

const PARTITIONS = `
  select
    c.relname::text as name,
    p.relname::text as parent,
    pg_get_expr(c.relpartbound, c.oid) as bound,
    coalesce(c.reloptions, '{}') as options
  from pg_inherits i
  join pg_class c on c.oid = i.inhrelid and c.relkind = 'r'
  join pg_class p on p.oid = i.inhparent
  where c.relnamespace = 'millrace'::regnamespace
  order by c.oid`;

const FACTS = `select now()::text as "madeAt", current_setting('server_version') as postgres`;

/**
 * Writes everything that Millrace has in a database, as it was at one moment. Others go on working.
 *
 * @throws MillraceError NO_DATABASE when Millrace has nothing there.
 */
export async function backupDatabase(pool: DatabasePool, sink: BackupSink): Promise<void> {
  await pool.withClient(async (client) => {
    await client.query(BEGIN);
    try {
      await writeAll(client, sink);
    } finally {
      await client.query("rollback");
    }
  });
}

async function writeAll(client: pg.ClientBase, sink: BackupSink): Promise<void> {
  const header = await readHeader(client);
  await sink.header(header);
  for (const { name, columns } of header.tables) {
    const statement = `copy (select ${columns.join(", ")} from millrace.${quoted(name)}) to stdout`;
    for await (const chunk of copyOut(client, statement)) await sink.rows(name, chunk);
  }
}

async function readHeader(client: pg.ClientBase): Promise<BackupHeader> {
  const [schema] = (await client.query<{ found: boolean }>("select to_regnamespace('millrace') is not null as found"))
    .rows;
  if (schema?.found !== true)
    throw new MillraceError("NO_DATABASE", 'Millrace has nothing in this database: run "millrace db migrate" first.');
  const names = (await client.query<{ name: string }>(EVERY_TABLE)).rows.map((row) => row.name);
  // The snapshot is that of the first statement: it was taken by the questions above, and must not be older than the locks.
  await client.query("rollback");
  await client.query(BEGIN);
  await client.query(`lock table ${names.map((name) => `millrace.${quoted(name)}`).join(", ")} in access share mode`);
  const references = (await client.query<{ child: string; parent: string }>(REFERENCES)).rows;
  const tables: { name: string; columns: string[] }[] = [];
  for (const name of inOrder(names, references).filter((each) => !NOT_COPIED.includes(each))) {
    const { rows } = await client.query<{ columns: string[] }>(COLUMNS, [name]);
    tables.push({ name, columns: rows[0].columns.map(quoted) });
  }
  const [facts] = (await client.query<{ madeAt: string; postgres: string }>(FACTS)).rows;
  return {
    format: "millrace-backup",
    formatVersion: 1,
    ...facts,
    migrations: await readApplied(client),
    tables,
    sequences: (await client.query<BackupHeader["sequences"][number]>(SEQUENCES)).rows,
    partitions: (await client.query<BackupHeader["partitions"][number]>(PARTITIONS)).rows,
  };
}

/** Each table after those that it refers to. */
function inOrder(
  names: readonly string[],
  references: readonly { readonly child: string; readonly parent: string }[],
): readonly string[] {
  const ordered = new Set<string>();
  const visit = (name: string): void => {
    if (ordered.has(name)) return;
    for (const { child, parent } of references) if (child === name) visit(parent);
    ordered.add(name);
  };
  for (const name of names) visit(name);
  return [...ordered];
}
