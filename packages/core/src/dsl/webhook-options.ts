import type { Duration } from "../model/instant.ts";
import type { SignatureScheme } from "./signatures.ts";
import type { Header, Pointer } from "./webhook-values.ts";

/** What a delivery is told by that came before. */
type DedupeKey = Header<undefined> | Pointer<string, undefined>;

/** Arguments of a webhook. */
export interface WebhookOptions<S extends object> {
  /** How deliveries prove where they come from: `githubSignature(…)`, `slackSignature(…)`, `stripeSignature(…)`, `hmacSignature(…)`, `sharedKey(…)`. */
  readonly signature: SignatureScheme;
  /** How far a signed time may be from now. Default `5m`. */
  readonly replayWindow?: Duration;
  /** A delivery with the same value as one before starts nothing: `header("X-GitHub-Delivery")`, `pointer("/id")`. Default: every delivery starts a run. */
  readonly dedupe?: DedupeKey;
  /** How long that is remembered. Default `7d`, whole days. */
  readonly dedupeFor?: Duration;
  /** JSON Schema (draft 2020-12) of the body; what does not fit is refused. Default: any JSON. */
  readonly schema?: S;
  /** Kilobytes of a body; never more than `server.bodyLimitKb`, which is the default. */
  readonly bodyLimitKb?: number;
  /** Deliveries in a minute that each server takes; those beyond are refused with 429. Default 6000. */
  readonly maxPerMinute?: number;
  /** Keep bodies with the list of deliveries, so that these can be replayed. Default true. */
  readonly keepBody?: boolean;
  readonly description?: string;
}
