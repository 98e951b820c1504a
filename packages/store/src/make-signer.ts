import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import type { Signer } from "@millrace/core";

/**
 * HMAC-SHA-256 under keys derived from the secret keys: the first signs, every one opens.
 *
 * @param keys those of {@link makeSealer}. None: tokens are of this process alone.
 */
export function makeSigner(keys: readonly Uint8Array[]): Signer {
  const secrets = keys.length > 0 ? keys : [randomBytes(32)];
  const derived = secrets.map((key) => new Uint8Array(hkdfSync("sha256", key, "", "millrace signed tokens", 32)));
  return {
    sign: (purpose, text) => `${Buffer.from(text).toString("base64url")}.${mac(derived[0], purpose, text)}`,
    open(purpose, token) {
      const [body = "", given = "", ...rest] = token.split(".");
      const text = Buffer.from(body, "base64url").toString();
      const fits = (key: Uint8Array): boolean => isSame(mac(key, purpose, text), given);
      return rest.length === 0 && derived.some(fits) ? text : undefined;
    },
  };
}

function mac(key: Uint8Array, purpose: string, text: string): string {
  return createHmac("sha256", key).update(`${purpose}\0${text}`).digest("base64url");
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
