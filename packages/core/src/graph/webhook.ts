/** Where a secret of a webhook is kept: the text of a variable, or the password of a connection. */
export type WebhookSecret =
  { readonly from: "variable"; readonly key: string } | { readonly from: "connection"; readonly id: string };

/** How deliveries of a webhook prove where they come from. Any of the secrets will do, so that they can be changed without a gap. */
export type WebhookSignature = { readonly secrets: readonly WebhookSecret[] } & (
  | { readonly scheme: "github" }
  | { readonly scheme: "slack" }
  | { readonly scheme: "stripe" }
  /** The header is the secret itself, after a fixed beginning. */
  | { readonly scheme: "sharedKey"; readonly header: string; readonly prefix: string }
  | {
      readonly scheme: "hmac";
      readonly header: string;
      readonly prefix: string;
      readonly algorithm: "sha1" | "sha256" | "sha384" | "sha512";
      readonly encoding: "hex" | "base64";
      /** Seconds since 1970; then `<timestamp>.<body>` is what is signed. */
      readonly timestampHeader?: string;
    }
);

/** A value of a run's conf, and where it comes from. */
export type WebhookValue =
  | { readonly kind: "value"; readonly value: unknown }
  /** A JSON pointer (RFC 6901) into the body; the value keeps its type. `fallback` stands in for what is not there. */
  | { readonly kind: "pointer"; readonly pointer: string; readonly fallback?: unknown }
  /** A Jinja text over `body`, `headers` and `webhook`. */
  | { readonly kind: "template"; readonly text: string }
  | { readonly kind: "header"; readonly header: string; readonly fallback?: string }
  | { readonly kind: "object"; readonly members: Readonly<Record<string, WebhookValue>> }
  | { readonly kind: "list"; readonly items: readonly WebhookValue[] };

/** What tells that a delivery is one that came before. */
export type WebhookDedupe = { readonly days: number } & (
  { readonly from: "header"; readonly header: string } | { readonly from: "body"; readonly pointer: string }
);

/** A webhook that a DAG declares: `POST /webhooks/<name>` makes a run. Data alone: no user code runs where it is served. */
export interface GraphWebhook {
  readonly name: string;
  readonly description?: string;
  readonly signature: WebhookSignature;
  /** How old a signed timestamp may be, and how far in the future. */
  readonly replayWindowSeconds: number;
  readonly dedupe?: WebhookDedupe;
  /** JSON Schema of the body. */
  readonly schema?: Readonly<Record<string, unknown>>;
  /** Absent: the body itself is the conf. */
  readonly conf?: Extract<WebhookValue, { kind: "object" }>;
  /** Absent: the server's limit. */
  readonly bodyLimitKb?: number;
  /** Deliveries in a minute that each server takes. */
  readonly maxPerMinute: number;
  /** False: bodies are not kept with the deliveries, which cannot be replayed then. */
  readonly keepBody: boolean;
}
