import type { AnswerOf, listTokens } from "@millrace/api";

/** A token without what it is made of. */
export type Token = AnswerOf<typeof listTokens>["items"][number];

const DAY_MS = 86_400_000;

/** When a token ends that is made now, in ISO 8601. @param days a number as text, or `never` */
export function expiryAfter(days: string, nowMs: number): string | undefined {
  return days === "never" ? undefined : new Date(nowMs + Number(days) * DAY_MS).toISOString();
}

/** Whether a token still works, or why not. */
export function stateOfToken(
  { revokedAt, expiresAt }: Pick<Token, "revokedAt" | "expiresAt">,
  nowMs: number,
): "valid" | "revoked" | "expired" {
  if (revokedAt !== undefined) return "revoked";
  return expiresAt !== undefined && Date.parse(expiresAt) <= nowMs ? "expired" : "valid";
}
