import { MillraceError } from "../errors.ts";
import type { WebhookSecret, WebhookSignature } from "../graph/webhook.ts";
import type { Connection } from "./connection.ts";
import { refSource, type Ref } from "./handle.ts";
import { checkHeader } from "./webhook-values.ts";

const SIGNATURE = Symbol.for("millrace.webhook-signature");

/** How deliveries are signed. Made by the functions of this file. */
export interface SignatureScheme {
  readonly [SIGNATURE]: WebhookSignature;
}

/** A secret by its name: `variable("github_secret")`, or `connection("github")`, whose password it is. Never the text itself. */
export type SecretRef = Ref<string> | Ref<Connection>;

/** Which secrets sign; of several each one will do, so that a new one can be there before the old one goes. */
export interface SecretOptions {
  readonly secret: SecretRef | readonly SecretRef[];
}

/** As GitHub signs: `X-Hub-Signature-256: sha256=…`. A `ping` is answered and starts nothing. */
export function githubSignature({ secret }: SecretOptions): SignatureScheme {
  return scheme({ scheme: "github", secrets: secretsOf(secret) });
}

/** As Slack signs: `X-Slack-Signature: v0=…` over `X-Slack-Request-Timestamp` and the body. `url_verification` is answered and starts nothing. */
export function slackSignature({ secret }: SecretOptions): SignatureScheme {
  return scheme({ scheme: "slack", secrets: secretsOf(secret) });
}

/** As Stripe signs: `Stripe-Signature: t=…,v1=…`. */
export function stripeSignature({ secret }: SecretOptions): SignatureScheme {
  return scheme({ scheme: "stripe", secrets: secretsOf(secret) });
}

/** The sender knows a key and sends it in a header: `sharedKey({ header: "Authorization", prefix: "Bearer ", secret })`. Nothing proves the body. */
export function sharedKey(
  options: SecretOptions & { readonly header: string; readonly prefix?: string },
): SignatureScheme {
  checkHeader(options.header);
  return scheme({
    scheme: "sharedKey",
    header: options.header.toLowerCase(),
    prefix: options.prefix ?? "",
    secrets: secretsOf(options.secret),
  });
}

/** An HMAC of the body in a header, after `prefix`. With `timestampHeader` (seconds since 1970) the HMAC is over `<timestamp>.<body>`, and old deliveries are refused. */
export function hmacSignature(
  options: SecretOptions & {
    readonly header: string;
    /** Default `sha256`. */
    readonly algorithm?: "sha1" | "sha256" | "sha384" | "sha512";
    /** Default `hex`. */
    readonly encoding?: "hex" | "base64";
    /** Default none. */
    readonly prefix?: string;
    readonly timestampHeader?: string;
  },
): SignatureScheme {
  const { header, algorithm = "sha256", encoding = "hex", prefix = "", timestampHeader, secret } = options;
  checkHeader(header);
  if (!["sha1", "sha256", "sha384", "sha512"].includes(algorithm))
    throw new MillraceError("BAD_ARGUMENT", `algorithm must be sha1, sha256, sha384 or sha512, not ${algorithm}`);
  if (!["hex", "base64"].includes(encoding))
    throw new MillraceError("BAD_ARGUMENT", `encoding must be hex or base64, not ${encoding}`);
  if (timestampHeader !== undefined) checkHeader(timestampHeader);
  return scheme({
    scheme: "hmac",
    header: header.toLowerCase(),
    algorithm,
    encoding,
    prefix,
    ...(timestampHeader !== undefined && { timestampHeader: timestampHeader.toLowerCase() }),
    secrets: secretsOf(secret),
  });
}

/** What the functions of this file made; undefined for anything else. */
export function findSignature(candidate: unknown): WebhookSignature | undefined {
  return typeof candidate === "object" && candidate !== null && SIGNATURE in candidate
    ? (candidate as SignatureScheme)[SIGNATURE]
    : undefined;
}

function scheme(signature: WebhookSignature): SignatureScheme {
  return Object.freeze({ [SIGNATURE]: signature });
}

function secretsOf(given: SecretRef | readonly SecretRef[]): readonly WebhookSecret[] {
  const list = (Array.isArray(given) ? given : [given]) as readonly unknown[];
  if (list.length === 0) throw inline();
  return list.map((one) => {
    const source = refSource(one);
    if (source?.kind === "connection") return { from: "connection", id: source.id };
    if (source?.kind === "variable" && !source.json && source.fallback === undefined)
      return { from: "variable", key: source.key };
    throw inline();
  });
}

// What was given may be the secret itself, so it is not repeated.
function inline(): MillraceError {
  return new MillraceError(
    "BAD_ARGUMENT",
    'secret must be variable("name") without a fallback, or connection("id"): DAG files and their versions are readable, so a secret does not belong in them',
  );
}
