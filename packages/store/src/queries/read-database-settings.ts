import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

const SETTINGS = `
  select name, setting
  from pg_settings
  where name = any ($1)`;

const SERVER = `
  select
    pg_encoding_to_char(d.encoding) as encoding,
    pg_is_in_recovery() as in_recovery,
    d.datconnlimit as database_limit,
    r.rolconnlimit as role_limit,
    (select count(*)::integer from pg_stat_activity where backend_type = 'client backend' or backend_type is null) as used,
    (select count(*)::integer from pg_stat_activity where usename = current_user) as used_by_role,
    (select count(*)::integer from pg_stat_activity where datname = current_database()) as used_in_database
  from pg_database d
  join pg_roles r on r.rolname = current_user
  where d.datname = current_database()`;

/** What Millrace depends on; units as in `pg_settings`: times in milliseconds. */
const NAMES = [
  "autovacuum",
  "default_transaction_isolation",
  "default_transaction_read_only",
  "fsync",
  "full_page_writes",
  "idle_in_transaction_session_timeout",
  "idle_session_timeout",
  "lock_timeout",
  "max_connections",
  "statement_timeout",
  "superuser_reserved_connections",
  "synchronous_commit",
  "track_counts",
  "transaction_timeout",
] as const;

/** Settings of a server as a session of Millrace has them. */
export interface DatabaseSettings {
  /** As `pg_settings` has them; older servers do not have all. */
  readonly settings: Readonly<Partial<Record<(typeof NAMES)[number], string>>>;
  readonly encoding: string;
  /** True on a standby, which cannot be written to. */
  readonly inRecovery: boolean;
  /** Connections that are free for this user: of the server's, the database's and the role's the fewest. */
  readonly freeConnections: number;
}

/** Reads the settings of a server that Millrace depends on. */
export async function readDatabaseSettings(pool: DatabasePool): Promise<DatabaseSettings> {
  type ServerSql = {
    encoding: string;
    in_recovery: boolean;
    database_limit: number;
    role_limit: number;
    used: number;
    used_by_role: number;
    used_in_database: number;
  };
  return await runGuarded(pool, "any", async (client) => {
    const listed = await client.query<{ name: string; setting: string }>(SETTINGS, [NAMES]);
    const { rows } = await client.query<ServerSql>(SERVER);
    const [server] = rows;
    const settings = Object.fromEntries(listed.rows.map(({ name, setting }) => [name, setting]));
    const limits = [
      Number(settings["max_connections"]) - Number(settings["superuser_reserved_connections"]) - server.used,
      server.database_limit < 0 ? Infinity : server.database_limit - server.used_in_database,
      server.role_limit < 0 ? Infinity : server.role_limit - server.used_by_role,
    ];
    return {
      settings,
      encoding: server.encoding,
      inRecovery: server.in_recovery,
      freeConnections: Math.max(0, Math.min(...limits)),
    };
  });
}
