import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { MillraceError } from "@millrace/core";
import type { ServerSettings } from "@millrace/server";
import type { Config } from "../config.ts";
import { authSettingsOf } from "./auth-settings-of.ts";
import { metricsAccess } from "./metrics-access.ts";

/**
 * What a project's configuration decides about the server.
 *
 * @param version of Millrace
 * @throws MillraceError BAD_CONFIG when a file for TLS cannot be read, or only one of the two is named
 */
export function serverSettings(
  { server, auth, projectFolder }: Pick<Config, "server" | "auth" | "projectFolder">,
  version: string,
): ServerSettings {
  const tls = readTls(server, projectFolder);
  return {
    auth: authSettingsOf({ auth, projectFolder }),
    bodyLimitBytes: server.bodyLimitKb * 1_024,
    requestTimeoutMs: server.requestTimeoutMs,
    requestsPerMinute: server.requestsPerMinute,
    maxConnections: server.maxConnections,
    corsOrigins: server.corsOrigins,
    maximumPageLimit: server.maximumPageLimit,
    testConnection: server.testConnection === "enabled",
    metrics: metricsAccess(server),
    exposeConfig: server.exposeConfig !== "false",
    trustedProxies: server.trustedProxies,
    version,
    ...(tls && { tls }),
  };
}

function readTls({ tlsCert, tlsKey }: Config["server"], projectFolder: string): ServerSettings["tls"] {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined)
    throw new MillraceError("BAD_CONFIG", "server.tlsCert and server.tlsKey belong together: name both files or none");
  const read = (key: string, file: string): string => {
    try {
      return readFileSync(resolve(projectFolder, file), "utf8");
    } catch (cause) {
      throw new MillraceError("BAD_CONFIG", `${key}: ${file} cannot be read: ${(cause as Error).message}`, { cause });
    }
  };
  return { cert: read("server.tlsCert", tlsCert), key: read("server.tlsKey", tlsKey) };
}
