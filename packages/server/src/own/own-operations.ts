import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import { assetOperations } from "./assets.ts";
import { backfillOperations } from "./backfills.ts";
import { commandOperations } from "./commands.ts";
import { connectionOperations } from "./connections.ts";
import { dagOperations } from "./dags.ts";
import { eventOperations } from "./events/serve-events.ts";
import { oidcOperations } from "./oidc.ts";
import type { ServedOperation } from "./own-routes.ts";
import { pictureOperations } from "./pictures.ts";
import { poolOperations } from "./pools.ts";
import { runOperations } from "./runs.ts";
import { sessionOperations } from "./session.ts";
import { systemOperations } from "./system.ts";
import { tokenOperations } from "./tokens.ts";
import { variableOperations } from "./variables.ts";
import { webhookOperations } from "./webhooks.ts";

/** Every operation of Millrace's own API, with its handler. */
export function ownOperations(ports: ServerPorts, settings: ServerSettings): readonly ServedOperation[] {
  return [
    ...dagOperations(ports),
    ...runOperations(ports),
    ...commandOperations(ports),
    ...pictureOperations(ports),
    ...backfillOperations(ports),
    ...assetOperations(ports),
    ...connectionOperations(ports, settings),
    ...variableOperations(ports),
    ...poolOperations(ports),
    ...systemOperations(ports, settings),
    ...eventOperations(ports),
    ...sessionOperations(ports, settings),
    ...oidcOperations(ports, settings),
    ...tokenOperations(ports),
    ...webhookOperations(ports),
  ];
}
