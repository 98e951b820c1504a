// How each scheme signs, for those who verify and those who send tests.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { WebhookSignature } from "@millrace/core";

/** Headers by name in lower case. */
export type Headers = Readonly<Record<string, string | undefined>>;

/** Headers that prove a delivery: what `millrace webhooks send` adds. @param nowSeconds since 1970 */
export function signDelivery(
  signature: WebhookSignature,
  secret: string,
  { body, nowSeconds }: { readonly body: Buffer; readonly nowSeconds: number },
): Readonly<Record<string, string>> {
  switch (signature.scheme) {
    case "github":
      return { "x-hub-signature-256": `sha256=${hmac("sha256", secret, [body]).toString("hex")}` };
    case "slack":
      return {
        "x-slack-request-timestamp": String(nowSeconds),
        "x-slack-signature": `v0=${hmac("sha256", secret, [`v0:${nowSeconds}:`, body]).toString("hex")}`,
      };
    case "stripe":
      return {
        "stripe-signature": `t=${nowSeconds},v1=${hmac("sha256", secret, [`${nowSeconds}.`, body]).toString("hex")}`,
      };
    case "sharedKey":
      return { [signature.header]: signature.prefix + secret };
    case "hmac": {
      const { header, prefix, algorithm, encoding, timestampHeader } = signature;
      const parts = timestampHeader === undefined ? [body] : [`${nowSeconds}.`, body];
      return {
        ...(timestampHeader !== undefined && { [timestampHeader]: String(nowSeconds) }),
        [header]: prefix + hmac(algorithm, secret, parts).toString(encoding),
      };
    }
    default:
      throw new Error(`unreachable: ${signature satisfies never}`);
  }
}

/** The HMAC of parts, one after the other. */
export function hmac(algorithm: string, secret: string, parts: readonly (string | Buffer)[]): Buffer {
  const made = createHmac(algorithm, secret);
  for (const part of parts) made.update(part);
  return made.digest();
}

/** Whether two texts are the same, in a time that does not tell where they differ. */
export function isSame(given: Buffer, expected: Buffer): boolean {
  // Lengths are public: they are those of the algorithm. A key's length is hidden by hashing both first (see verifySignature).
  return given.length === expected.length && timingSafeEqual(given, expected);
}
