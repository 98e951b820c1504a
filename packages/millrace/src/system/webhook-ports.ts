import { parseConnection, type SecretsBackend, type WebhookSecret } from "@millrace/core";
import { settleCommand, type SendOptions } from "@millrace/engine";
import type { WebhookPorts } from "@millrace/server";
import type { MillraceStore } from "@millrace/store";

/** What the webhooks of a server stand on. */
export interface WebhookPortsOptions {
  readonly store: Pick<MillraceStore, "webhooks">;
  readonly sending: SendOptions;
  readonly secrets: SecretsBackend;
}

/** Joins webhooks with store and engine. */
export function makeWebhookPorts({ store, sending, secrets }: WebhookPortsOptions): WebhookPorts {
  return {
    store: store.webhooks,
    secret: (secret) => webhookSecret(secret, secrets),
    settle: (dagId, inboxId) => settleCommand({ dagId, inboxId }, sending),
  };
}

/** The text of a webhook's secret. @throws MillraceError BAD_ARGUMENT for a connection that cannot be read */
export async function webhookSecret(secret: WebhookSecret, secrets: SecretsBackend): Promise<string | undefined> {
  const found = await (secret.from === "variable" ? secrets.variable(secret.key) : secrets.connection(secret.id));
  if (found === undefined || secret.from === "variable") return found;
  return parseConnection(secret.id, found).password?.reveal();
}
