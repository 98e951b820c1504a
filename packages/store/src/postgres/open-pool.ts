import { MillraceError } from "@millrace/core";
import pg from "pg";
import { OLDEST_POSTGRES_MAJOR } from "./binaries.ts";
import { classifySqlError } from "./sql-error.ts";
import { LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS } from "./transaction.ts";
import { typeParsers } from "./type-parsers.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const IDLE_MS = 30_000;
/** Beyond the server's own statement timeout: only a connection that leads nowhere gets there. */
const QUERY_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 15_000;

/** Options of {@link openPool}. */
export interface PoolOptions {
  readonly url: string;
  /** Connections at most, the reserved one included; at least 2, default 8. */
  readonly max?: number;
  /** Shown in `pg_stat_activity`; default `millrace`. */
  readonly applicationName?: string;
  /** Hears of idle connections that were lost; the pool replaces them by itself. */
  readonly log?: (line: string) => void;
}

/** Connections to one database. */
export interface DatabasePool extends AsyncDisposable {
  /**
   * False behind pgbouncer (or another pooler): then a connection is ours for one transaction only, and LISTEN, named prepared statements and
   * anything else that lives in a session must not be used.
   */
  readonly hasSessions: boolean;
  /** As `server_version_num`: 180004 is 18.4. */
  readonly serverVersion: number;
  /** One statement on any connection. */
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<pg.QueryResult<Row>>;
  /** Lends a connection for the time of `work`. */
  withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T>;
  /** Lends the connection that is reserved for commits, to one caller at a time in the order of asking. Readers never keep it waiting. */
  withCommitClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T>;
  /** Waits for what is lent and closes all. Doing it twice does nothing. */
  close(): Promise<void>;
}

/**
 * Connects to a database and checks that it can be used. Works with a server and with pgbouncer in transaction mode.
 *
 * Rows arrive as {@link typeParsers} says. On a direct connection each statement has the limits of {@link transaction} too.
 *
 * @throws MillraceError NO_DATABASE when the database does not answer or is older than PostgreSQL 14.
 */
export async function openPool(options: PoolOptions): Promise<DatabasePool> {
  const { max = 8 } = options;
  if (!Number.isInteger(max) || max < 2)
    throw new MillraceError("BAD_ARGUMENT", `max must be a whole number of at least 2, not ${String(max)}`);
  const config = baseConfig(options);
  const facts = await inspect(config, options.url);
  const clientConfig = facts.hasSessions ? { ...config, ...withSessionLimits(options.url) } : config;
  const readers = makePool({ ...clientConfig, max: max - 1, idleTimeoutMillis: IDLE_MS }, options);
  const committer = makePool({ ...clientConfig, max: 1, idleTimeoutMillis: 0 }, options);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= Promise.all([readers.end(), committer.end()]).then(() => undefined);
    return closed;
  };
  return {
    ...facts,
    query: (text, values) => readers.query(text, values === undefined ? undefined : [...values]),
    withClient: (work) => lend(readers, work),
    withCommitClient: (work) => lend(committer, work),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function baseConfig(options: PoolOptions): pg.ClientConfig {
  return {
    connectionString: options.url,
    application_name: options.applicationName ?? "millrace",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: typeParsers(),
  };
}

/** Limits for statements outside of transactions. Poolers refuse or forget them. */
function withSessionLimits(url: string): pg.ClientConfig {
  const [base = "", query = ""] = url.split("?", 2);
  const params = new URLSearchParams(query);
  const theirs = params.get("options") ?? "";
  const ours = `-c lock_timeout=${String(LOCK_TIMEOUT_MS)} -c statement_timeout=${String(STATEMENT_TIMEOUT_MS)} -c timezone=UTC -c datestyle=ISO`;
  // In the URL, because `pg` lets the URL's options win over all others.
  params.set("options", `${ours} ${theirs}`.trim());
  return { connectionString: `${base}?${params.toString()}` };
}

function makePool(config: pg.PoolConfig, options: PoolOptions): pg.Pool {
  const pool = new pg.Pool(config);
  const heard = (error: Error): void => {
    options.log?.(`a database connection was lost: ${error.message}`);
  };
  pool.on("error", heard);
  // A connection that breaks while it is lent has no listener of the pool: without this one the process would end.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

async function lend<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const result = await work(client);
    client.release();
    return result;
  } catch (error) {
    const kind = classifySqlError(error);
    // After a lost or hanging connection a new one is cheaper than finding out what state the old one is in.
    client.release(kind === "server" || kind === "unknown-outcome");
    throw error;
  }
}

interface DatabaseFacts {
  readonly hasSessions: boolean;
  readonly serverVersion: number;
}

async function inspect(config: pg.ClientConfig, url: string): Promise<DatabaseFacts> {
  const direct = await askFacts({ ...config, ...withSessionLimits(url) }).catch((error: unknown): undefined => {
    // What pgbouncer says to limits among the startup parameters.
    if (/unsupported startup parameter/.test(String(error))) return;
    throw unreachable(config, error);
  });
  const facts = direct ?? (await askPooler(config));
  if (Math.floor(facts.serverVersion / 10_000) < OLDEST_POSTGRES_MAJOR) {
    throw new MillraceError(
      "NO_DATABASE",
      `the database ${nameOf(config)} is PostgreSQL ${String(facts.serverVersion / 10_000)}; Millrace needs ${String(OLDEST_POSTGRES_MAJOR)} or newer.`,
    );
  }
  return facts;
}

async function askPooler(config: pg.ClientConfig): Promise<DatabaseFacts> {
  try {
    return { ...(await askFacts(config)), hasSessions: false };
  } catch (error) {
    throw unreachable(config, error);
  }
}

async function askFacts(config: pg.ClientConfig): Promise<DatabaseFacts> {
  const client = new pg.Client(config);
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ version: number; lock_ms: number }>(
      `select current_setting('server_version_num')::int as version,
              (extract(epoch from current_setting('lock_timeout')::interval) * 1000)::int as lock_ms`,
    );
    const [row] = rows;
    if (row === undefined) throw new Error("the server answered without a row");
    // A pooler may be told to ignore startup parameters: then they did not arrive.
    return { serverVersion: row.version, hasSessions: row.lock_ms === LOCK_TIMEOUT_MS };
  } finally {
    await client.end().catch(() => undefined);
  }
}

function unreachable(config: pg.ClientConfig, error: unknown): MillraceError {
  const reason =
    error instanceof Error && error.message !== ""
      ? error.message
      : String((error as { code?: unknown }).code ?? error);
  return new MillraceError(
    "NO_DATABASE",
    `the database ${nameOf(config)} cannot be used: ${reason}. Check that the server runs and that user, password and database name are right.`,
    { cause: error },
  );
}

/** Host and database without the password. */
function nameOf(config: pg.ClientConfig): string {
  const { host, port, database } = new pg.Client(config);
  return `"${database ?? ""}" at ${host}:${String(port)}`;
}
