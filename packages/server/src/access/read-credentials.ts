import type { FastifyRequest } from "fastify";
import { SESSION_COOKIE } from "./session-cookie.ts";

/** What a request brings to say who sends it. */
export type Credentials =
  | { readonly kind: "none" }
  /** Says something that cannot be understood. */
  | { readonly kind: "malformed" }
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "session"; readonly secret: string };

/** Reads the `Authorization` header, else the session cookie. */
export function readCredentials({ headers, cookies }: Pick<FastifyRequest, "headers" | "cookies">): Credentials {
  const { authorization } = headers;
  if (authorization !== undefined) return readHeader(authorization);
  const secret = cookies[SESSION_COOKIE];
  return secret === undefined || secret === "" ? { kind: "none" } : { kind: "session", secret };
}

function readHeader(header: string): Credentials {
  const [, scheme = "", value = ""] = /^(\S+) +(\S+) *$/.exec(header) ?? [];
  switch (scheme.toLowerCase()) {
    case "basic":
      return readBasic(value);
    case "bearer":
      return { kind: "token", token: value };
    default:
      return { kind: "malformed" };
  }
}

function readBasic(value: string): Credentials {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(value)) return { kind: "malformed" };
  const text = Buffer.from(value, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 1 || colon === text.length - 1) return { kind: "malformed" };
  return { kind: "basic", username: text.slice(0, colon), password: text.slice(colon + 1) };
}
