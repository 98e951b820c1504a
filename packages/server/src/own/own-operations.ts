import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import type { ServedOperation } from "./own-routes.ts";

/** Every operation of Millrace's own API, with its handler. */
export function ownOperations(_ports: ServerPorts, _settings: ServerSettings): readonly ServedOperation[] {
  return [];
}
