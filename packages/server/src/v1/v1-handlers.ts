import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import { connectionHandlers } from "./connections.ts";
import { datasetHandlers } from "./datasets.ts";
import { eventLogHandlers } from "./event-logs.ts";
import type { V1Handlers } from "./handlers.ts";
import { runHandlers } from "./run-handlers.ts";
import { monitoringHandlers } from "./monitoring.ts";
import { queuedEventHandlers } from "./queued-events.ts";
import { poolHandlers } from "./pools.ts";
import { variableHandlers } from "./variables.ts";
import { roleHandlers } from "./roles.ts";
import { userHandlers } from "./users.ts";
import { configHandlers } from "./config.ts";
import { dagSourceHandlers } from "./dag-source.ts";
import { dagStatsHandlers } from "./dag-stats.ts";
import { dagWarningHandlers } from "./dag-warnings.ts";
import { dagHandlers } from "./dags.ts";
import { pauseHandlers } from "./pause-dags.ts";
import { extraLinkHandlers } from "./extra-links.ts";
import { importErrorHandlers } from "./import-errors.ts";
import { pluginHandlers } from "./plugins.ts";
import { providerHandlers } from "./providers.ts";
import { taskHandlers } from "./tasks.ts";

/** A handler for every operation of API v1: the compiler sees that none is missing. */
export function v1Handlers(ports: ServerPorts, settings: ServerSettings): V1Handlers {
  return {
    ...monitoringHandlers(ports, settings),
    ...runHandlers(ports, settings),
    ...dagHandlers(ports, settings),
    ...pauseHandlers(ports, settings),
    ...taskHandlers(ports),
    ...dagSourceHandlers(ports),
    ...importErrorHandlers(ports, settings),
    ...dagWarningHandlers(ports, settings),
    ...dagStatsHandlers(ports),
    ...extraLinkHandlers(ports),
    ...configHandlers(ports, settings),
    ...pluginHandlers(settings),
    ...providerHandlers(ports),
    ...connectionHandlers(ports, settings),
    ...variableHandlers(ports, settings),
    ...poolHandlers(ports, settings),
    ...eventLogHandlers(ports, settings),
    ...datasetHandlers(ports, settings),
    ...queuedEventHandlers(ports),
    ...userHandlers(ports, settings),
    ...roleHandlers(ports, settings),
  };
}
