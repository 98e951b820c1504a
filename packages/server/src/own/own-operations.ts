import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import type { Settling } from "../webhooks/make-settling.ts";
import { assetOperations } from "./assets.ts";
import { backfillOperations } from "./backfills.ts";
import { commandOperations } from "./commands.ts";
import { connectionOperations } from "./connections.ts";
import { dagListOperations } from "./dag-lists.ts";
import { dagOperations } from "./dags.ts";
import { eventOperations } from "./events/serve-events.ts";
import { homeOperations } from "./home.ts";
import { oidcOperations } from "./oidc.ts";
import type { ServedOperation } from "./own-routes.ts";
import { pageOperations } from "./pages.ts";
import { pictureOperations } from "./pictures.ts";
import { poolOperations } from "./pools.ts";
import { providerOperations } from "./providers.ts";
import { runOperations } from "./runs.ts";
import { runStatisticsOperations } from "./run-statistics.ts";
import { sessionOperations } from "./session.ts";
import { systemOperations } from "./system.ts";
import { taskInstanceOperations } from "./task-instances.ts";
import { tokenOperations } from "./tokens.ts";
import { userOperations } from "./users.ts";
import { variableOperations } from "./variables.ts";
import { webhookOperations } from "./webhooks.ts";

/**
 * Every operation of Millrace's own API, with its handler.
 *
 * @param settling carries out behind an answer what a webhook has asked for
 */
export function ownOperations(
  ports: ServerPorts,
  settings: ServerSettings,
  settling: Pick<Settling, "add">,
): readonly ServedOperation[] {
  return [
    ...homeOperations(ports),
    ...dagListOperations(ports),
    ...dagOperations(ports),
    ...runOperations(ports),
    ...taskInstanceOperations(ports),
    ...commandOperations(ports),
    ...pictureOperations(ports),
    ...runStatisticsOperations(ports),
    ...backfillOperations(ports),
    ...assetOperations(ports),
    ...pageOperations(ports),
    ...connectionOperations(ports, settings),
    ...variableOperations(ports),
    ...poolOperations(ports),
    ...providerOperations(ports),
    ...systemOperations(ports, settings),
    ...eventOperations(ports),
    ...sessionOperations(ports, settings),
    ...oidcOperations(ports, settings),
    ...tokenOperations(ports),
    ...userOperations(ports),
    ...webhookOperations(ports, settling),
  ];
}
