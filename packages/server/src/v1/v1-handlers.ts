import { V1_OPERATIONS, type V1Id } from "@millrace/api";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import { eventLogHandlers } from "./event-logs.ts";
import type { V1Handlers } from "./handlers.ts";
import { monitoringHandlers } from "./monitoring.ts";

/** A handler for every operation of API v1. */
export function v1Handlers(ports: ServerPorts, settings: ServerSettings): V1Handlers {
  const made: Partial<V1Handlers> = {
    ...monitoringHandlers(ports, settings),
    ...eventLogHandlers(ports, settings),
  };
  // While resources are being added.
  const missing = (id: V1Id) => () => Promise.reject(new Problem(404, { detail: `${id} is not here yet` }));
  return Object.fromEntries(V1_OPERATIONS.map(({ id }) => [id, made[id] ?? missing(id)])) as unknown as V1Handlers;
}
