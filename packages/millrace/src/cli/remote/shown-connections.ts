import * as api from "@millrace/api";
import type { Connection } from "@millrace/core";
import { askServer, orNothing } from "./ask-server.ts";
import { connectTo } from "./connect-to.ts";
import type { RemoteServer } from "./remote-server.ts";

/** A connection as a server shows it: without its password, and with what is secret in its extra as `***`. */
export interface ShownConnection {
  readonly connection: Connection;
  readonly hasPassword: boolean;
  /** False when the server does not have the key that it was sealed with: nothing but its type is known. */
  readonly isReadable: boolean;
}

/** A connection of a server's database; undefined when there is none. */
export async function findShownConnection(
  remote: RemoteServer,
  connectionId: string,
): Promise<ShownConnection | undefined> {
  const found = await orNothing(askServer(connectTo(remote), api.getConnection, { params: { connectionId } }));
  return found && shownOf(found);
}

/** All connections of a server's database. */
export async function listShownConnections(remote: RemoteServer): Promise<readonly ShownConnection[]> {
  const client = connectTo(remote);
  const found: ShownConnection[] = [];
  let after: string | undefined;
  do {
    const query = { limit: 1_000, ...(after !== undefined && { after }) };
    const page = await askServer(client, api.listConnections, { query });
    found.push(...page.items.map(shownOf));
    after = page.next;
  } while (after !== undefined);
  return found;
}

function shownOf({
  connectionId: id,
  description,
  hasPassword,
  isReadable,
  updatedAt: _,
  ...fields
}: api.Plain<api.AnswerOf<typeof api.getConnection>>): ShownConnection {
  return { connection: { id, ...fields, ...(description !== null && { description }) }, hasPassword, isReadable };
}
