import type { V1HealthInfo } from "@millrace/api";
import { formatInstant, type Micros } from "@millrace/core";
import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import type { V1Handlers } from "./handlers.ts";

/** Without a heartbeat for this long a scheduler or DAG processor is unhealthy. */
const UNHEALTHY_AFTER_MICROS = 30_000_000;

/** Health and version, open to everybody. */
export function monitoringHandlers(
  ports: ServerPorts,
  { version }: ServerSettings,
): Pick<V1Handlers, "get_health" | "get_version"> {
  return {
    get_health: () => healthOf(ports),
    get_version: async () => ({ version, git_version: null }),
  };
}

async function healthOf({ queries, parseRequests, now }: ServerPorts): Promise<V1HealthInfo> {
  const heard = await Promise.all([queries.listSchedulers(), parseRequests.lastHeartbeat()]).catch(() => undefined);
  if (heard === undefined) return WITHOUT_DATABASE;
  const [schedulers, processor] = heard;
  const latest = schedulers.length === 0 ? undefined : Math.max(...schedulers.map((each) => each.heartbeatAt));
  const isAlive = (at: Micros | undefined): boolean => at !== undefined && now() - at < UNHEALTHY_AFTER_MICROS;
  return {
    metadatabase: { status: "healthy" },
    scheduler: {
      status: isAlive(latest) ? "healthy" : "unhealthy",
      latest_scheduler_heartbeat: latest === undefined ? null : formatInstant(latest),
    },
    // Deferred tasks are the scheduler's work: there is nothing of its own to be healthy.
    triggerer: { status: null, latest_triggerer_heartbeat: null },
    dag_processor:
      processor === undefined
        ? { status: null, latest_dag_processor_heartbeat: null }
        : {
            status: isAlive(processor) ? "healthy" : "unhealthy",
            latest_dag_processor_heartbeat: formatInstant(processor),
          },
  };
}

/** Nothing is known of the others then; the answer is a 200 all the same, and its reader looks inside. */
const WITHOUT_DATABASE: V1HealthInfo = {
  metadatabase: { status: "unhealthy" },
  scheduler: { status: "unhealthy", latest_scheduler_heartbeat: null },
  triggerer: { status: null, latest_triggerer_heartbeat: null },
  dag_processor: { status: null, latest_dag_processor_heartbeat: null },
};
