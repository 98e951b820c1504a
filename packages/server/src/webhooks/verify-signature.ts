import { createHash } from "node:crypto";
import type { WebhookSignature } from "@millrace/core";
import { hmac, isSame, type Headers } from "./signed-text.ts";

/** What is verified. */
export interface SignedDelivery {
  readonly headers: Headers;
  /** As they were sent: a signature is over bytes. */
  readonly body: Buffer;
  readonly secrets: readonly string[];
  /** Since 1970. */
  readonly nowSeconds: number;
  readonly replayWindowSeconds: number;
}

/** Why a delivery is not believed; undefined when it is. */
export function findSignatureFault(signature: WebhookSignature, delivery: SignedDelivery): string | undefined {
  const { headers, body, secrets } = delivery;
  const anyOf = (isRight: (secret: string) => boolean): string | undefined =>
    // All are tried, so that the time does not tell which one was right.
    secrets.map(isRight).some(Boolean) ? undefined : "the signature is wrong";
  switch (signature.scheme) {
    case "github": {
      const given = hexAfter(headers["x-hub-signature-256"], "sha256=");
      if (!given) return lacks("X-Hub-Signature-256");
      return anyOf((secret) => isSame(given, hmac("sha256", secret, [body])));
    }
    case "slack": {
      const given = hexAfter(headers["x-slack-signature"], "v0=");
      if (!given) return lacks("X-Slack-Signature");
      const at = headers["x-slack-request-timestamp"];
      return (
        ageFault(at, "X-Slack-Request-Timestamp", delivery) ??
        anyOf((secret) => isSame(given, hmac("sha256", secret, [`v0:${at}:`, body])))
      );
    }
    case "stripe":
      return stripeFault(delivery, anyOf);
    case "sharedKey":
      return sharedKeyFault(signature, headers, anyOf);
    case "hmac":
      return hmacFault(signature, delivery, anyOf);
    default:
      throw new Error(`unreachable: ${signature satisfies never}`);
  }
}

type AnyOf = (isRight: (secret: string) => boolean) => string | undefined;

function stripeFault(delivery: SignedDelivery, anyOf: AnyOf): string | undefined {
  const header = delivery.headers["stripe-signature"];
  const parsed = header === undefined ? undefined : parseStripeSignature(header);
  if (!parsed) return lacks("Stripe-Signature");
  const { timestamp, signatures } = parsed;
  return (
    ageFault(timestamp, "Stripe-Signature", delivery) ??
    anyOf((secret) => {
      const expected = hmac("sha256", secret, [`${timestamp}.`, delivery.body]);
      return signatures.map((given) => isSame(given, expected)).some(Boolean);
    })
  );
}

/** Reads `t=1492774577,v1=5257…,v0=6ffb…`; undefined without one time and a `v1`. While a secret is changed there are several `v1`. */
export function parseStripeSignature(
  header: string,
): { readonly timestamp: string; readonly signatures: readonly Buffer[] } | undefined {
  const parts = header.split(",").map((part) => part.trim());
  const times = parts.filter((part) => part.startsWith("t="));
  const signatures = parts.map((part) => hexAfter(part, "v1=")).filter((found) => found !== undefined);
  const [time] = times;
  if (time === undefined || times.length > 1 || signatures.length === 0 || signatures.length > 16) return undefined;
  return { timestamp: time.slice(2), signatures };
}

function sharedKeyFault(
  { header, prefix }: Extract<WebhookSignature, { scheme: "sharedKey" }>,
  headers: Headers,
  anyOf: AnyOf,
): string | undefined {
  const given = headers[header];
  if (given === undefined || !given.startsWith(prefix)) return lacks(header);
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  const offered = digest(given.slice(prefix.length));
  return anyOf((secret) => isSame(offered, digest(secret))) && "the key is wrong";
}

function hmacFault(
  { header, prefix, algorithm, encoding, timestampHeader }: Extract<WebhookSignature, { scheme: "hmac" }>,
  delivery: SignedDelivery,
  anyOf: AnyOf,
): string | undefined {
  const { headers, body } = delivery;
  const text = headers[header];
  const given = encoding === "hex" ? hexAfter(text, prefix) : base64After(text, prefix);
  if (!given) return lacks(header);
  const at = timestampHeader === undefined ? undefined : headers[timestampHeader];
  const aged = timestampHeader === undefined ? undefined : ageFault(at, timestampHeader, delivery);
  const parts = timestampHeader === undefined ? [body] : [`${at}.`, body];
  return aged ?? anyOf((secret) => isSame(given, hmac(algorithm, secret, parts)));
}

function ageFault(
  text: string | undefined,
  header: string,
  { nowSeconds, replayWindowSeconds }: SignedDelivery,
): string | undefined {
  if (text === undefined || !/^\d{1,12}$/.test(text)) return lacks(header);
  const age = nowSeconds - Number(text);
  if (Math.abs(age) <= replayWindowSeconds) return undefined;
  const far = `${Math.round(Math.abs(age))} s ${age > 0 ? "ago" : "in the future"}`;
  return `it was signed ${far}; the replay window is ${replayWindowSeconds} s`;
}

function hexAfter(text: string | undefined, prefix: string): Buffer | undefined {
  if (text === undefined || !text.startsWith(prefix)) return undefined;
  const hex = text.slice(prefix.length);
  return /^([0-9a-f]{2}){1,64}$/i.test(hex) ? Buffer.from(hex, "hex") : undefined;
}

function base64After(text: string | undefined, prefix: string): Buffer | undefined {
  if (text === undefined || !text.startsWith(prefix)) return undefined;
  const base64 = text.slice(prefix.length);
  const bytes = Buffer.from(base64, "base64");
  // Only as it would be written: everything else that decodes to the same bytes is another text.
  return base64 !== "" && bytes.toString("base64") === base64 ? bytes : undefined;
}

function lacks(header: string): string {
  return `the header ${header} is missing or malformed`;
}
