import { isSecret, MillraceError, type Connection } from "@millrace/core";
import type { FieldValue, HttpOptions } from "./http-options.ts";

/** A request that is ready to be sent, and how logs and errors call it. */
export interface HttpRequest {
  readonly url: URL;
  readonly init: {
    readonly method: string;
    readonly headers: Headers;
    readonly redirect: "follow" | "error";
    readonly body?: string;
  };
  /** Method and address, without login and query: keys travel there. */
  readonly title: string;
}

/**
 * Makes a request out of options, with the connection looked up.
 *
 * @throws MillraceError BAD_ARGUMENT for an address that is none, or more than one body.
 */
export function buildRequest(
  options: Omit<HttpOptions, "connection">,
  connection: Connection | undefined,
): HttpRequest {
  const url = addressOf(options, connection);
  const { method = "GET", redirect = "follow" } = options;
  const headers = new Headers(authOf(url, connection));
  for (const [name, value] of Object.entries({ ...headersOf(connection), ...options.headers }))
    headers.set(name, textOf(value));
  const body = bodyOf(options);
  if (body?.type !== undefined && !headers.has("content-type")) headers.set("content-type", body.type);
  const verb = method.toUpperCase();
  return {
    url,
    init: { method: verb, headers, redirect, ...(body && { body: body.text }) },
    title: `${verb} ${url.origin}${isSecret(options.url) ? "/***" : url.pathname}`,
  };
}

function addressOf({ url, query }: Omit<HttpOptions, "connection">, connection: Connection | undefined): URL {
  const text = connection === undefined ? textOf(url) : join(baseOf(connection), textOf(url));
  const address = URL.parse(text);
  if (address === null || !/^https?:$/.test(address.protocol))
    throw new MillraceError(
      "BAD_ARGUMENT",
      connection === undefined
        ? "url is not an address like https://api.example.com/orders; with a connection it may be a path"
        : `connection ${connection.id} and url make no address; the connection needs a host`,
    );
  for (const [name, value] of Object.entries(query ?? {}))
    for (const one of [value].flat()) address.searchParams.append(name, textOf(one));
  return address;
}

/** As Airflow reads an HTTP connection: the host may be a whole address, the schema says http or https. */
function baseOf({ host, port, schema, type }: Connection): string {
  if (host === undefined) return "";
  const scheme = [schema, type].find((name) => name === "https" || name === "http") ?? "http";
  const base = host.includes("://") ? host : `${scheme}://${host}`;
  return port === undefined ? base : `${base}:${port}`;
}

function join(base: string, path: string): string {
  if (path === "" || path.startsWith("?")) return base + path;
  return `${base.replace(/\/+$/, "")}/${path.replace(/^\/+/, "")}`;
}

/** From the connection, or from an address with a login in it, which `fetch` does not take. */
function authOf(url: URL, connection: Connection | undefined): Record<string, string> {
  const login = connection?.login ?? decodeURIComponent(url.username);
  const password = connection?.password?.reveal() ?? decodeURIComponent(url.password);
  url.username = "";
  url.password = "";
  if (login === "" && password === "") return {};
  return { authorization: `Basic ${Buffer.from(`${login}:${password}`).toString("base64")}` };
}

function headersOf(connection: Connection | undefined): Readonly<Record<string, FieldValue>> {
  const headers = connection?.extra["headers"];
  return typeof headers === "object" && headers !== null ? (headers as Record<string, FieldValue>) : {};
}

function bodyOf(
  options: Omit<HttpOptions, "connection">,
): { readonly text: string; readonly type?: string } | undefined {
  const { json, form, body } = options;
  if ([json, form, body].filter((one) => one !== undefined).length > 1)
    throw new MillraceError("BAD_ARGUMENT", "give only one of json, form and body");
  if (json !== undefined) return { text: JSON.stringify(json, revealed), type: "application/json" };
  if (body !== undefined) return { text: body };
  if (form === undefined) return undefined;
  const fields = Object.entries(form).map(([name, value]): [string, string] => [name, textOf(value)]);
  return { text: new URLSearchParams(fields).toString(), type: "application/x-www-form-urlencoded" };
}

/** A secret is written as `***` before a replacer sees it; `this` still has it. */
function revealed(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const before = this[key];
  return isSecret(before) ? before.reveal() : value;
}

function textOf(value: FieldValue): string {
  return isSecret(value) ? value.reveal() : String(value);
}
