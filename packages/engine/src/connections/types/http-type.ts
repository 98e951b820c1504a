import {
  type Connection,
  connectionForm,
  MillraceError,
  portField,
  secretField,
  textField,
  textOf,
} from "@millrace/core";
import type { KnownType, Trial } from "../known-type.ts";

const REFUSED: ReadonlySet<number> = new Set([401, 403, 407]);

/** HTTP services. */
export const HTTP_TYPE: KnownType = {
  type: "http",
  label: "HTTP",
  aliases: ["https"],
  form: connectionForm(
    {
      host: textField("Host or base address", { minLength: 1, examples: ["https://api.example.com"] }),
      port: portField(),
      schema: textField("Scheme", { enum: ["", "http", "https"] }),
      login: textField("Login"),
      password: secretField("Password"),
    },
    { required: ["host"], extra: { headers: { type: "object", title: "Headers of every request" } } },
  ),
  trial: tryHttp,
};

/** Asks for the base address. Whatever is answered but a refused login or a failure of the server shows that it is there. */
async function tryHttp(connection: Connection, { network, signal }: Parameters<Trial>[1]): Promise<string> {
  const url = baseOf(connection);
  const { login, password, extra } = connection;
  const headers = new Headers(extra["headers"] ?? {});
  if (login !== undefined || password !== undefined)
    headers.set(
      "authorization",
      `Basic ${Buffer.from(`${login ?? ""}:${password?.reveal() ?? ""}`).toString("base64")}`,
    );
  const answer = await network.fetch(url, { headers, signal });
  await answer.body?.cancel();
  const said = `GET ${url.origin}${url.pathname} → ${answer.status}`;
  if (REFUSED.has(answer.status)) throw new MillraceError("UNREACHABLE", `${said}: the login is refused`);
  if (answer.status >= 500) throw new MillraceError("UNREACHABLE", `${said}: the server fails`);
  return said;
}

function baseOf({ id, host = "", port: at, schema, type }: Connection): URL {
  const scheme = [textOf(schema), type].find((name) => name === "https" || name === "http") ?? "http";
  const url = URL.parse(`${host.includes("://") ? host : `${scheme}://${host}`}`);
  if (host === "" || url === null || !/^https?:$/.test(url.protocol))
    throw new MillraceError("BAD_ARGUMENT", `the connection ${id} has no host that makes an address`);
  if (at !== undefined) url.port = String(at);
  url.username = "";
  url.password = "";
  return url;
}
