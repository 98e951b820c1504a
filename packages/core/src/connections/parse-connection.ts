import type { Connection } from "../dsl/connection.ts";
import { isMillraceError, MillraceError } from "../errors.ts";
import { Secret } from "../values/secret.ts";

const TEXTS = ["description", "host", "login", "schema"] as const;

/**
 * A connection from its text: JSON with the fields of {@link Connection} (`password` as text; Airflow's `conn_type` is `type`, and `extra` may be
 * text that is JSON), or a URI as Airflow writes it, `type://login:password@host:port/schema?name=value`.
 *
 * @throws MillraceError BAD_ARGUMENT naming the connection and what does not fit, never quoting the text, which has a password in it.
 */
export function parseConnection(id: string, text: string): Connection {
  try {
    return text.trimStart().startsWith("{") ? fromJson(id, text) : fromUri(id, text);
  } catch (error) {
    if (isMillraceError(error)) throw error;
    // The error of the parser quotes the text.
    throw new MillraceError(
      "BAD_ARGUMENT",
      `connection ${id} is neither JSON nor a URI like postgres://login:password@host:5432/schema`,
    );
  }
}

function fromJson(id: string, text: string): Connection {
  const fields = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const read = (name: string): string | undefined => {
    const value = fields[name] ?? undefined;
    if (value === undefined || typeof value === "string") return value;
    throw unfit(id, name, "a text");
  };
  const password = read("password");
  const known = TEXTS.map((name) => [name, read(name)] as const).filter(([, value]) => value !== undefined);
  const port = readPort(id, fields.port ?? undefined);
  return {
    id,
    type: typeOf(read("type") ?? read("conn_type") ?? ""),
    ...(Object.fromEntries(known) as Partial<Connection>),
    ...(port !== undefined && { port }),
    extra: readExtra(id, fields.extra ?? {}),
    ...(password !== undefined && { password: new Secret(password) }),
  };
}

function readPort(id: string, value: unknown): number | undefined {
  if (value === undefined || value === "") return undefined;
  const port = typeof value === "string" ? Number(value) : value;
  if (typeof port === "number" && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw unfit(id, "port", "a whole number from 0 to 65535");
}

function readExtra(id: string, value: unknown): Connection["extra"] {
  let extra = value;
  try {
    if (typeof value === "string") extra = value.trim() === "" ? {} : JSON.parse(value);
  } catch {
    // The error of the parser quotes the text.
    throw unfit(id, "extra", "JSON");
  }
  if (typeof extra === "object" && extra !== null && !Array.isArray(extra)) return extra as Connection["extra"];
  throw unfit(id, "extra", "an object, or one as JSON text");
}

function unfit(id: string, field: string, form: string): MillraceError {
  return new MillraceError("BAD_ARGUMENT", `connection ${id}: ${field} must be ${form}`);
}

/** As Airflow spells types. */
function typeOf(written: string): string {
  return written === "postgresql" ? "postgres" : written.replaceAll("-", "_");
}

function fromUri(id: string, text: string): Connection {
  // Only special schemes are parsed with host and port by every part of the standard; the type is read apart from it.
  const [, type, rest] = /^([A-Za-z][A-Za-z0-9+._-]*):\/\/(.*)$/s.exec(text.trim()) as unknown as [
    string,
    string,
    string,
  ];
  const uri = new URL(`http://${rest.replace(/^([^/?#]*@)?(?=[/?#]|$)/, "$1none.invalid")}`);
  const part = (value: string): string | undefined => (value === "" ? undefined : decodeURIComponent(value));
  const fields = {
    host: uri.hostname === "none.invalid" ? undefined : part(uri.hostname),
    port: uri.port === "" ? portOf(rest) : Number(uri.port),
    login: part(uri.username),
    schema: part(uri.pathname.slice(1)),
    password: uri.password === "" ? undefined : new Secret(decodeURIComponent(uri.password)),
  };
  const known = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  // Airflow writes an extra with nested values into one parameter.
  const nested = uri.searchParams.get("__extra__");
  const extra = nested === null ? Object.fromEntries(uri.searchParams) : readExtra(id, nested);
  return { id, type: typeOf(type), extra, ...known };
}

/** `URL` forgets the default port of http. */
function portOf(rest: string): number | undefined {
  return /^[^/?#]*:80(?:[/?#]|$)/.test(rest) ? 80 : undefined;
}
