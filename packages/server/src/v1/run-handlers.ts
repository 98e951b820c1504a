import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import { clearHandlers } from "./clear.ts";
import { dagRunWriteHandlers } from "./dag-run-writes.ts";
import { dagRunHandlers } from "./dag-runs.ts";
import { dependencyHandlers } from "./dependencies.ts";
import { instanceWriteHandlers } from "./instance-writes.ts";
import { logHandlers } from "./logs.ts";
import { mappedInstanceHandlers } from "./mapped-instances.ts";
import { setStateHandlers } from "./set-state.ts";
import { taskInstanceHandlers } from "./task-instances.ts";
import { triggerHandlers } from "./trigger-run.ts";
import { tryHandlers } from "./tries.ts";
import { xcomHandlers } from "./xcoms.ts";

/** Runs and all that is in them. */
export function runHandlers(ports: ServerPorts, settings: ServerSettings) {
  return {
    ...dagRunHandlers(ports, settings),
    ...triggerHandlers(ports),
    ...dagRunWriteHandlers(ports),
    ...taskInstanceHandlers(ports),
    ...mappedInstanceHandlers(ports),
    ...tryHandlers(ports),
    ...instanceWriteHandlers(ports),
    ...dependencyHandlers(ports),
    ...clearHandlers(ports),
    ...setStateHandlers(ports),
    ...xcomHandlers(ports, settings),
    ...logHandlers(ports),
  };
}
