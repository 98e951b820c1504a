import pg from "pg";

/** A PostgreSQL server that somebody named in a connection. */
export interface PostgresTrial {
  /** Where to connect to: an address that was judged. */
  readonly address: string;
  /** What the certificate is for. */
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  /** Default `prefer`. */
  readonly sslMode: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Logs in to a PostgreSQL server and out again.
 *
 * @returns its version and the user. @throws what the server or the network says
 */
export async function tryPostgres(trial: PostgresTrial): Promise<string> {
  const { sslMode = "prefer" } = trial;
  if (sslMode !== "prefer" && sslMode !== "allow") return await logIn(trial, sslOf(trial, sslMode));
  try {
    return await logIn(trial, sslOf(trial, "require"));
  } catch (error) {
    if (!/does not support SSL/.test((error as Error).message)) throw error;
    return await logIn(trial, false);
  }
}

async function logIn(trial: PostgresTrial, ssl: pg.ClientConfig["ssl"]): Promise<string> {
  const { address, host, port, user, password, database, signal } = trial;
  const client = new pg.Client({
    host: address,
    port,
    user: user ?? "postgres",
    password: password ?? "",
    database: database ?? user ?? "postgres",
    application_name: "millrace connection test",
    ...(ssl !== undefined && { ssl }),
  });
  // A lost connection is told by whatever waits for it.
  client.on("error", () => undefined);
  const abort = (): void => void client.end().catch(() => undefined);
  signal.addEventListener("abort", abort, { once: true });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; name: string; base: string }>(
      "select current_setting('server_version') as version, current_user as name, current_database() as base",
    );
    const [row] = rows;
    return `PostgreSQL ${row?.version ?? "?"} at ${host}:${port}, logged in as ${row?.name ?? "?"} to ${row?.base ?? "?"}`;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
    await client.end().catch(() => undefined);
  }
}

function sslOf({ host }: PostgresTrial, mode: string): pg.ClientConfig["ssl"] {
  if (mode === "disable") return false;
  return { servername: host, rejectUnauthorized: mode.startsWith("verify") };
}
