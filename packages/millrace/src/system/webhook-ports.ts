import { parseConnection, type WebhookSecret } from "@millrace/core";
import { environmentSecrets, settleCommand, type SecretsBackend, type SendOptions } from "@millrace/engine";
import type { WebhookPorts } from "@millrace/server";
import type { MillraceStore } from "@millrace/store";

/** What the webhooks of a server stand on. */
export interface WebhookPortsOptions {
  readonly store: Pick<MillraceStore, "engine" | "webhooks">;
  readonly sending: SendOptions;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Joins webhooks with store and engine. */
export function makeWebhookPorts({ store, sending, env }: WebhookPortsOptions): WebhookPorts {
  const backend = environmentSecrets(env);
  return {
    store: store.webhooks,
    secret: (secret) => webhookSecret(secret, [backend, databaseSecrets(store.engine)]),
    settle: (dagId, inboxId) => settleCommand({ dagId, inboxId }, sending),
  };
}

/** The text of a webhook's secret from the first place that has it. @throws MillraceError BAD_ARGUMENT for a connection that cannot be read */
export async function webhookSecret(
  secret: WebhookSecret,
  places: readonly SecretsBackend[],
): Promise<string | undefined> {
  for (const place of places) {
    const found = await (secret.from === "variable" ? place.variable(secret.key) : place.connection(secret.id));
    if (found === undefined) continue;
    return secret.from === "variable" ? found : parseConnection(secret.id, found).password?.reveal();
  }
  return undefined;
}

/** Variables and connections of the database. */
export function databaseSecrets(engine: MillraceStore["engine"]): SecretsBackend {
  return { variable: (key) => engine.readVariable(key), connection: (id) => engine.readConnection(id) };
}
