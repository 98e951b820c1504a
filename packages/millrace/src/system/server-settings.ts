import type { ServerSettings } from "@millrace/server";
import type { Config } from "../config.ts";

/** What a project's configuration decides about the server. @param version of Millrace */
export function serverSettings({ server }: Pick<Config, "server">, version: string): ServerSettings {
  return {
    bodyLimitBytes: server.bodyLimitKb * 1_024,
    requestTimeoutMs: server.requestTimeoutMs,
    maximumPageLimit: server.maximumPageLimit,
    trustedProxies: server.trustedProxies,
    version,
  };
}
