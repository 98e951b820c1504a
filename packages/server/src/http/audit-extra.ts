import { isSecretName, maskHost } from "@millrace/core";
import type { Input } from "./route.ts";

/** Beside the names that are secret everywhere: those without a sign between their words, and other languages' passwords. */
const SECRET = /passw|access[_-]?key|private[_-]?key/i;
/** Whole values of these operations are secret or may hold secrets, whatever their keys are called. */
const SECRET_FIELDS: Readonly<Record<string, readonly string[]>> = {
  connection: ["password", "extra", "uri", "value"],
  variable: ["value", "val"],
};
/** Of a connection it may be a whole address, with a password in it. */
const HOST = "host";
/** What the path names and the audit has no column for: else nobody would know whose password was changed, or which token was ended. */
const NAMED = ["username", "role_name", "tokenId"] as const;

/**
 * What a write says as the audit keeps it: the user, role or token that its path names, and its body, as JSON text with secret-looking values masked, at
 * most 4 000 characters. Undefined when it says nothing.
 */
export function auditExtra(operationId: string, { params, body }: Pick<Input, "params" | "body">): string | undefined {
  const named = NAMED.find((name) => name in params);
  if ((body === undefined || body === null) && named === undefined) return undefined;
  const whole = Object.entries(SECRET_FIELDS).find(([thing]) => operationId.toLowerCase().includes(thing))?.[1] ?? [];
  const masked = JSON.stringify(body ?? {}, (key, value: unknown) => {
    if (key !== "" && value !== null && (isSecretName(key) || SECRET.test(key) || whole.includes(key))) return "***";
    return key === HOST && typeof value === "string" ? maskHost(value) : value;
  });
  const text =
    named === undefined ? masked : JSON.stringify({ about: params[named], ...(JSON.parse(masked) as object) });
  return text.length > 4_000 ? JSON.stringify({ truncated: text.slice(0, 3_900) }) : text;
}
