import type { ServerSettings } from "@millrace/server";
import type { Config } from "../config.ts";

/** Who may read `/metrics`. By default everybody, as long as nobody from another machine reaches the server. */
export function metricsAccess({
  metrics,
  host,
}: Pick<Config["server"], "metrics" | "host">): ServerSettings["metrics"] {
  if (metrics !== "auto") return metrics;
  return host === "localhost" || host === "::1" || host.startsWith("127.") ? "public" : "token";
}
