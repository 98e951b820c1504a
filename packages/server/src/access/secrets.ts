import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

const TOKEN_PREFIX = "mrt_";

/** A secret of 256 random bits that goes into URLs and headers as it is. */
export function mintSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** A new bearer token, what is kept of it, and how people recognise it. */
export function mintToken(): { readonly token: string; readonly hash: Buffer; readonly hint: string } {
  const token = TOKEN_PREFIX + mintSecret();
  return { token, hash: hashSecret(token), hint: token.slice(0, TOKEN_PREFIX.length + 6) };
}

/** Whether a text looks like a token of ours. */
export function isToken(text: string): boolean {
  return text.startsWith(TOKEN_PREFIX) && text.length < 100;
}

/** What is kept of a random secret. It needs no salt and no work: nobody guesses 256 bits. */
export function hashSecret(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

/** Compares without telling by its time where texts differ. */
export function isSameSecret(given: string, right: string): boolean {
  return timingSafeEqual(hashSecret(given), hashSecret(right));
}
