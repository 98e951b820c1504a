import {
  createConnection,
  deleteConnection,
  getConnection,
  listConnections,
  listConnectionTypes,
  testConnection,
  updateConnection,
  type InputOf,
} from "@millrace/api";
import {
  maskExtra,
  maskHost,
  MillraceError,
  restoreExtra,
  restoreHost,
  Secret,
  validateConnection,
  type Connection,
  type ConnectionRecord,
} from "@millrace/core";
import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import { Problem } from "../http/problem.ts";
import { served, type ServedOperation } from "./own-routes.ts";

type Changes = Omit<InputOf<typeof updateConnection>["body"], "type">;

/** Connections of the database, with the types that they have. */
export function connectionOperations(
  { settings, connectionTypes }: Pick<ServerPorts, "settings" | "connectionTypes">,
  { testConnection: mayTest }: ServerSettings,
): readonly ServedOperation[] {
  const { connections } = settings;
  const get = async (id: string): Promise<ConnectionRecord> => (await connections.find(id)) ?? missing(id);
  const check = async (connection: Connection): Promise<Connection> => {
    validateConnection(connection, await connectionTypes.find(connection.type));
    return connection;
  };
  return [
    served(listConnectionTypes, async () => ({
      items: (await connectionTypes.list()).map(({ aliases = [], ...type }) => ({ ...type, aliases: [...aliases] })),
    })),
    served(listConnections, async ({ query }) => {
      const { items, ...next } = await connections.page(query);
      return { items: items.map(shown), ...next };
    }),
    served(getConnection, async ({ params }) => shown(await get(params.connectionId))),
    served(createConnection, async ({ body: { connectionId, type, ...fields } }) => {
      const connection = await check(changed({ id: connectionId, type, extra: {} }, fields));
      await connections.create({ connection, description: fields.description ?? null });
      return shown(await get(connectionId));
    }),
    served(updateConnection, async ({ params, body: { type, ...fields } }) => {
      const before = await get(params.connectionId);
      const present = before.connection ?? { id: before.connectionId, type: before.type, extra: {} };
      const connection = await check(changed({ ...present, type: type ?? before.type }, fields));
      const description = fields.description === undefined ? before.description : fields.description;
      await connections.replace({ connection, description });
      return shown(await get(params.connectionId));
    }),
    served(deleteConnection, async ({ params }) => {
      await connections.delete(params.connectionId);
      return undefined;
    }),
    served(testConnection, async ({ body, request }) => {
      if (!mayTest)
        throw new Problem(403, { detail: "connections are not tried over the API: server.testConnection is disabled" });
      if ("connectionId" in body) {
        const { connection = missing(body.connectionId) } = await get(body.connectionId);
        return await connectionTypes.test(connection, request.signal);
      }
      const { type, ...fields } = body;
      const unsaved = await check(changed({ id: "unsaved", type, extra: {} }, fields));
      return await connectionTypes.test(unsaved, request.signal);
    }),
  ];
}

function shown({ connectionId, type, description, updatedAt, connection }: ConnectionRecord) {
  const { host, port, login, schema, password, extra = {} } = connection ?? {};
  return {
    connectionId,
    type,
    description,
    ...(host !== undefined && { host: maskHost(host) }),
    ...(port !== undefined && { port }),
    ...(login !== undefined && { login }),
    ...(schema !== undefined && { schema }),
    extra: maskExtra(extra),
    hasPassword: password !== undefined,
    isReadable: connection !== undefined,
    updatedAt,
  };
}

/** Null takes a field away, absence leaves it; who writes back what they saw changes nothing that was hidden from them. */
function changed(before: Connection, { host, port, login, password, schema, extra }: Changes): Connection {
  const fields = {
    host: typeof host === "string" ? restoreHost(host, before.host) : host,
    port,
    login,
    schema,
    password: typeof password === "string" ? new Secret(password) : password,
    extra: extra === undefined ? before.extra : restoreExtra(extra, before.extra),
  };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  const all = Object.entries({ ...before, ...Object.fromEntries(given) }).filter(([, value]) => value !== null);
  return Object.fromEntries(all) as unknown as Connection;
}

function missing(connectionId: string): never {
  throw new MillraceError("NOT_FOUND", `there is no connection "${connectionId}".`, { details: { connectionId } });
}
