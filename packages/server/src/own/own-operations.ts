import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import { eventOperations } from "./events/serve-events.ts";
import type { ServedOperation } from "./own-routes.ts";

/** Every operation of Millrace's own API, with its handler. */
export function ownOperations(ports: ServerPorts, _settings: ServerSettings): readonly ServedOperation[] {
  return [...eventOperations(ports)];
}
