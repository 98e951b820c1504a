import { createClient, type MillraceClient } from "@millrace/api";
import type { RemoteServer } from "./remote-server.ts";

/** A client of a command's server. @throws MillraceError BAD_ARGUMENT for what is no URL of a server */
export function connectTo({ url, token, login }: RemoteServer): MillraceClient {
  return createClient({ url, ...(token !== undefined && { token }), ...login });
}
