import * as api from "@millrace/api";
import type { ConnectionTypes } from "@millrace/core";
import { askServer } from "./ask-server.ts";
import { connectTo } from "./connect-to.ts";
import type { RemoteServer } from "./remote-server.ts";

/** The types of connections that a server has. */
export function remoteConnectionTypes(remote: RemoteServer): Pick<ConnectionTypes, "list" | "find"> {
  const client = connectTo(remote);
  const list: ConnectionTypes["list"] = async () => (await askServer(client, api.listConnectionTypes, {})).items;
  return {
    list,
    find: async (name) => (await list()).find(({ type, aliases = [] }) => type === name || aliases.includes(name)),
  };
}

/** Lets a server try one of its connections. @throws MillraceError NOT_FOUND, NOT_ALLOWED where it tries none */
export async function testRemotely(
  remote: RemoteServer,
  connectionId: string,
): Promise<{ readonly ok: boolean; readonly message: string }> {
  return await askServer(connectTo(remote), api.testConnection, { body: { connectionId } });
}
