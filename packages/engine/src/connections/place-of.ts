import { MillraceError, type Connection } from "@millrace/core";

/** Where a connection leads to. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/**
 * Host and port of a connection. The host may be a whole address, and have its port in it.
 *
 * @throws MillraceError BAD_ARGUMENT when it has no host, or no port and the type has none either
 */
export function placeOf({ id, host = "", port }: Connection, defaultPort: number | undefined): Place {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(host) ? URL.parse(host.replace(/^[^:]+/, "http")) : null;
  const [, name = host, own] =
    url === null ? (/^([^:]+|\[.*\]):(\d+)$/.exec(host) ?? []) : ["", url.hostname, url.port];
  const at = port ?? (own === undefined || own === "" ? defaultPort : Number(own));
  if (name !== "" && at !== undefined) return { host: name.replace(/^\[(.*)\]$/, "$1"), port: at };
  throw new MillraceError("BAD_ARGUMENT", `the connection ${id} has no ${name === "" ? "host" : "port"} to try`, {
    details: { connectionId: id, hint: `\`millrace connections get ${id}\` shows what it has.` },
  });
}
