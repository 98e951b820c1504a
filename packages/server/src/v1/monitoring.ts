import { formatInstant } from "@millrace/core";
import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import type { V1Handlers } from "./handlers.ts";

/** Without a heartbeat for this long a scheduler is unhealthy. */
const UNHEALTHY_AFTER_MICROS = 30_000_000;

/** Health and version, open to everybody. */
export function monitoringHandlers(
  { queries, now }: ServerPorts,
  { version }: ServerSettings,
): Pick<V1Handlers, "get_health" | "get_version"> {
  return {
    get_health: async () => {
      const schedulers = await queries.listSchedulers();
      const latest = Math.max(...schedulers.map(({ heartbeatAt }) => heartbeatAt));
      const isAlive = schedulers.length > 0 && now() - latest < UNHEALTHY_AFTER_MICROS;
      const heartbeat = schedulers.length > 0 ? formatInstant(latest) : null;
      const status = isAlive ? "healthy" : "unhealthy";
      return {
        metadatabase: { status: "healthy" },
        scheduler: { status, latest_scheduler_heartbeat: heartbeat },
        // Deferred tasks and DAG files are the scheduler's work: there is nothing of its own to be healthy.
        triggerer: { status: null, latest_triggerer_heartbeat: null },
        dag_processor: { status: null, latest_dag_processor_heartbeat: null },
      };
    },
    get_version: async () => ({ version, git_version: null }),
  };
}
