import { MillraceError, Secret, type Connection } from "@millrace/core";

/**
 * A connection from its text: JSON with the fields of {@link Connection} (`password` as text), or a URI as Airflow writes it,
 * `type://login:password@host:port/schema?name=value`.
 *
 * @throws MillraceError BAD_ARGUMENT naming the connection, never quoting the text, which has a password in it.
 */
export function parseConnection(id: string, text: string): Connection {
  try {
    return text.trimStart().startsWith("{") ? fromJson(id, text) : fromUri(id, text);
  } catch {
    // The error of the parser quotes the text.
    throw new MillraceError(
      "BAD_ARGUMENT",
      `connection ${id} is neither JSON nor a URI like postgres://login:password@host:5432/schema`,
    );
  }
}

function fromJson(id: string, text: string): Connection {
  const { password, extra, ...rest } = JSON.parse(text) as Omit<Connection, "password"> & {
    readonly password?: string | null;
  };
  const known = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
  return {
    type: "",
    ...known,
    id,
    extra: extra ?? {},
    ...(password === undefined || password === null ? {} : { password: new Secret(password) }),
  };
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
  return { id, type: type.replaceAll("-", "_"), extra: Object.fromEntries(uri.searchParams), ...known };
}

/** `URL` forgets the default port of http. */
function portOf(rest: string): number | undefined {
  return /^[^/?#]*:80(?:[/?#]|$)/.test(rest) ? 80 : undefined;
}
