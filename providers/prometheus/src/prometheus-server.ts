import { MillraceError, textOf, type Connection } from "@millrace/core";

/** Where requests go, and what each of them carries. */
export interface PrometheusServer {
  /** Without a slash at its end, and without a login. */
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The server that a connection or a plain address leads to. The host of a connection may be a whole address.
 *
 * @throws MillraceError BAD_ARGUMENT when it makes no http(s) address
 */
export function serverOf(target: Connection | string): PrometheusServer {
  const url = URL.parse(typeof target === "string" ? target : addressOf(target));
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new MillraceError(
      "BAD_ARGUMENT",
      typeof target === "string"
        ? "url is no address like http://pushgateway:9091"
        : `the connection ${target.id} has no host that makes an address like http://pushgateway:9091`,
    );
  const headers = typeof target === "string" ? loginOf(url) : authorizationOf(target);
  return { base: `${url.origin}${url.pathname.replace(/\/+$/, "")}`, headers };
}

function addressOf({ host = "", port, schema }: Connection): string {
  const base = host.includes("://") ? host : `${schema === "https" ? "https" : "http"}://${host}`;
  const url = URL.parse(base);
  if (host === "" || url === null) return "";
  if (port !== undefined) url.port = String(port);
  return url.href;
}

function authorizationOf({ login, password, extra }: Connection): Record<string, string> {
  const token = textOf(extra["bearer_token"]);
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  return login === undefined && password === undefined ? {} : basic(login ?? "", password?.reveal() ?? "");
}

/** `fetch` takes no address with a login in it. */
function loginOf({ username, password }: URL): Record<string, string> {
  return username === "" && password === "" ? {} : basic(decodeURIComponent(username), decodeURIComponent(password));
}

function basic(login: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${login}:${password}`).toString("base64")}` };
}
