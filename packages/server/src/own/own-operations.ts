import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import { eventOperations } from "./events/serve-events.ts";
import type { ServedOperation } from "./own-routes.ts";
import { sessionOperations } from "./session.ts";
import { tokenOperations } from "./tokens.ts";
import { webhookOperations } from "./webhooks.ts";

/** Every operation of Millrace's own API, with its handler. */
export function ownOperations(ports: ServerPorts, settings: ServerSettings): readonly ServedOperation[] {
  return [
    ...eventOperations(ports),
    ...sessionOperations(ports, settings),
    ...tokenOperations(ports),
    ...webhookOperations(ports),
  ];
}
