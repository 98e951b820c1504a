import type { WebhookSecret, Webhooks } from "@millrace/core";

/** What webhooks need of the rest of Millrace. */
export interface WebhookPorts {
  readonly store: Webhooks;
  /** The text of a secret: secrets back ends, then the environment, then the database. Undefined: there is none. */
  readonly secret: (secret: WebhookSecret) => Promise<string | undefined>;
  /** Has a command that is in the inbox carried out: by the owner of the DAG, or without a live one right here (R5). */
  readonly settle: (dagId: string, inboxId: number) => Promise<unknown>;
}
