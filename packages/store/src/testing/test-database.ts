import { createHash, randomUUID } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { connectEmbedded } from "../postgres/connect-embedded.ts";
import type { EmbeddedConnection } from "../postgres/connect-embedded.ts";
import { openDataFolder } from "../postgres/data-folder.ts";
import { withFolderLock } from "../postgres/folder-lock.ts";
import { leaveServer } from "../postgres/join-server.ts";
import { findProcess } from "../postgres/process-identity.ts";
import { addUser } from "../postgres/server-users.ts";

const MIGRATIONS = join(import.meta.dirname, "..", "migrations");
const MAX_CONNECTIONS = 200;
/** Templates of earlier states of the migrations that are kept, for going back and forth between branches. */
const TEMPLATES_KEPT = 12;

/** Options of {@link testDatabase}. */
export interface TestDatabaseOptions {
  /** Fills the template (migrations); runs once for each `schemaHash` on this machine. Default: an empty database. */
  readonly prepare?: (url: string) => Promise<void>;
  /** Names what `prepare` makes; default: a hash of all files of the migrations. */
  readonly schemaHash?: string;
}

/** A database of a test's own. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  /** Drops the database, also under open connections, and lets the server end when no other test uses it. Doing it twice does nothing. */
  drop(): Promise<void>;
}

/**
 * Makes a database for a test: a copy of a template, on an embedded server that all test processes of this user share and that ends with the last of them.
 * The server never flushes to disk: tests of durability start their own. `MILLRACE_TEST_SERVER` names another server (the URL of a superuser): for tests
 * of old versions.
 */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = await connectServer();
  try {
    const template =
      options.prepare === undefined ? "template0" : await ensureTemplate(server, options.prepare, options.schemaHash);
    const name = `t_${String(process.pid)}_${randomUUID().slice(0, 8)}`;
    await asAdmin(server.url, (admin) => admin.query(`create database ${name} template ${template}`));
    let dropped: Promise<void> | undefined;
    const drop = (): Promise<void> => {
      dropped ??= dropAndLeave(server, name);
      return dropped;
    };
    return { url: databaseUrl(server.url, name), drop, [Symbol.asyncDispose]: drop };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/**
 * Keeps the shared server, once a test has started it, until `release`: else it would stop and start between any two test files.
 * Starts nothing itself. For the global set-up of a test run; `release` also sees to the end of a server whose tests were killed.
 */
export async function holdTestServer(): Promise<{ readonly release: () => Promise<void> }> {
  const folder = await openDataFolder(testServerFolder());
  const userId = await withFolderLock(folder.root, () => addUser(folder, "command"));
  return { release: () => leaveServer({ folder, userId }, "command") };
}

async function connectServer(): Promise<EmbeddedConnection> {
  const url = process.env["MILLRACE_TEST_SERVER"];
  if (url === undefined)
    return await connectEmbedded({ folder: testServerFolder(), maxConnections: MAX_CONNECTIONS, durable: false });
  return { url, close: () => Promise.resolve(), [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** Short, because it holds a socket; of the user's own, because another user's server cannot be shared. */
function testServerFolder(): string {
  return join(tmpdir(), `millrace-tests-${String(userInfo().uid)}`);
}

async function ensureTemplate(
  server: EmbeddedConnection,
  prepare: (url: string) => Promise<void>,
  schemaHash: string | undefined,
): Promise<string> {
  const hash = createHash("sha256")
    .update(schemaHash ?? (await hashOfMigrations()))
    .digest("hex")
    .slice(0, 16);
  const template = `template_${hash}`;
  await asAdmin(server.url, async (admin) => {
    if (await isTemplate(admin, template)) return;
    await admin.query("select pg_advisory_lock(hashtext($1))", [template]);
    if (await isTemplate(admin, template)) return;
    await dropLeftovers(admin);
    await admin.query(`drop database if exists ${template} with (force)`);
    await admin.query(`create database ${template} template template0`);
    await prepare(databaseUrl(server.url, template));
    // Only now: a template that is marked is whole.
    await admin.query(`alter database ${template} with is_template true allow_connections false`);
  });
  return template;
}

async function isTemplate(admin: pg.Client, name: string): Promise<boolean> {
  const { rows } = await admin.query("select 1 from pg_database where datname = $1 and datistemplate", [name]);
  return rows.length > 0;
}

async function dropLeftovers(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ datname: string; datistemplate: boolean }>(
    "select datname, datistemplate from pg_database where datname ~ '^(t|template)_' order by oid desc",
  );
  for (const { datname } of rows.filter((row) => row.datistemplate).slice(TEMPLATES_KEPT)) {
    await admin.query(`alter database ${datname} with is_template false`);
    await admin.query(`drop database if exists ${datname} with (force)`);
  }
  for (const { datname } of rows) {
    const pid = /^t_(\d+)_/.exec(datname)?.[1];
    if (pid !== undefined && (await findProcess(Number(pid))) === undefined) {
      await admin.query(`drop database if exists ${datname} with (force)`);
    }
  }
}

async function dropAndLeave(server: EmbeddedConnection, name: string): Promise<void> {
  try {
    await asAdmin(server.url, (admin) => admin.query(`drop database if exists ${name} with (force)`));
  } finally {
    await server.close();
  }
}

async function asAdmin<T>(url: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/** The last part of the path is the database; the URL of a Unix socket has no host, so `URL` cannot read it. */
function databaseUrl(url: string, name: string): string {
  return url.replace(/\/\w+\?/, `/${name}?`);
}

async function hashOfMigrations(): Promise<string> {
  const hash = createHash("sha256");
  const names = await readdir(MIGRATIONS, { recursive: true }).catch(() => []);
  for (const name of names.sort()) {
    // Folders cannot be read as files; their names count.
    const content = await readFile(join(MIGRATIONS, name)).catch(() => "");
    hash.update(name).update(content);
  }
  return hash.digest("hex");
}
