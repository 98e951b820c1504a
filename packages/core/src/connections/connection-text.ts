import type { Connection } from "../dsl/connection.ts";
import { MillraceError } from "../errors.ts";
import { parseConnection } from "./parse-connection.ts";

/** A connection as its fields, in Airflow's names; `password` in clear, `extra` as an object. */
export interface ConnectionFields {
  readonly conn_type: string;
  readonly description?: string;
  readonly host?: string;
  readonly port?: number;
  readonly login?: string;
  readonly password?: string;
  readonly schema?: string;
  readonly extra?: Connection["extra"];
}

/** The fields of a connection that say something. */
export function connectionFields({ id: _, type, password, extra, ...rest }: Connection): ConnectionFields {
  return {
    conn_type: type,
    ...rest,
    ...(password && { password: password.reveal() }),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}

/**
 * A connection as a URI, as Airflow writes them: `postgres://login:password@host:5432/schema?name=value`.
 *
 * @throws MillraceError BAD_ARGUMENT for one that a URI cannot say, because of its host for example.
 */
export function connectionUri(connection: Connection): string {
  const {
    conn_type: type,
    host = "",
    port,
    login = "",
    password,
    schema = "",
    extra = {},
  } = connectionFields(connection);
  const secret = password === undefined ? "" : `:${encodeURIComponent(password)}`;
  const user = login === "" && secret === "" ? "" : `${encodeURIComponent(login)}${secret}@`;
  const place = `${user}${host}${port === undefined ? "" : `:${port}`}`;
  const uri = `${type.replaceAll("_", "-")}://${place}/${encodeURIComponent(schema)}${queryOf(extra)}`;
  if (!isSame(connection, uri))
    throw new MillraceError("BAD_ARGUMENT", `the connection ${connection.id} cannot be written as a URI`, {
      details: { hint: "Use --serialization-format json." },
    });
  return uri;
}

/**
 * The connection that a file or an option holds: a URI, JSON text, or an object with fields.
 *
 * @returns the text to store and what it says. @throws MillraceError BAD_ARGUMENT, never quoting what was given.
 */
export function readConnection(
  id: string,
  stored: unknown,
): { readonly text: string; readonly connection: Connection } {
  const text = typeof stored === "string" ? stored : JSON.stringify(stored);
  const connection = parseConnection(id, text);
  if (connection.type === "")
    throw new MillraceError("BAD_ARGUMENT", `the connection ${id} has no type`, {
      details: { hint: "Give it a conn_type, for example http or postgres." },
    });
  return { text, connection };
}

function queryOf(extra: Connection["extra"]): string {
  const entries = Object.entries(extra);
  if (entries.length === 0) return "";
  const isFlat = entries.every((entry): entry is [string, string] => typeof entry[1] === "string");
  return `?${new URLSearchParams(isFlat ? entries : [["__extra__", JSON.stringify(extra)]]).toString()}`;
}

/** True when the URI says the same; its description it cannot say. */
function isSame({ description: _, ...connection }: Connection, uri: string): boolean {
  try {
    const read = parseConnection(connection.id, uri);
    return JSON.stringify(sorted(connectionFields(read))) === JSON.stringify(sorted(connectionFields(connection)));
  } catch {
    return false;
  }
}

function sorted(fields: ConnectionFields): readonly (readonly [string, unknown])[] {
  return Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
}
