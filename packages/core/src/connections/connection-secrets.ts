import type { Connection } from "../dsl/connection.ts";
import { holdsPrivateKey } from "./private-key.ts";
import { isSecretName } from "./secret-names.ts";

/** The texts in a connection that must not be shown: its password, one in a host that is a whole address, what is named like a secret in its extra, and private keys. */
export function connectionSecrets({ password, host = "", extra }: Connection): readonly string[] {
  const [, inHost] = /:\/\/[^/:@]*:([^/@]+)@/.exec(host) ?? [];
  const both = inHost === undefined ? [] : [inHost, decoded(inHost)];
  return [...(password ? [password.reveal()] : []), ...both, ...secretsIn(extra, false)];
}

function secretsIn(value: unknown, isSecret: boolean): readonly string[] {
  if (typeof value === "string") return value !== "" && (isSecret || holdsPrivateKey(value)) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => secretsIn(inner, isSecret || isSecretName(name)));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that stands for itself.
    return text;
  }
}
