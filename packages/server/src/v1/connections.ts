import {
  isMillraceError,
  maskHost,
  parseConnection,
  restoreExtra,
  restoreHost,
  type Connection,
  type ConnectionRecord,
} from "@millrace/core";
import { Problem } from "../http/problem.ts";
import { textReply, Reply } from "../http/reply.ts";
import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import { extraToV1 } from "./connection-extra.ts";
import type { V1Answer, V1Call, V1Handlers } from "./handlers.ts";
import { readOrder } from "./order-by.ts";
import { readPage } from "./paging.ts";
import { reprPython } from "./python-text.ts";
import { applyMask } from "./update-mask.ts";

type Names =
  | "get_connections"
  | "post_connection"
  | "get_connection"
  | "patch_connection"
  | "delete_connection"
  | "test_connection";

type ConnectionBody = V1Call<"post_connection">["body"];

const ORDERS = {
  id: "number",
  connection_id: "connectionId",
  conn_type: "type",
  description: "description",
  host: "host",
  port: "port",
} as const;

const CHANGEABLE = ["conn_type", "description", "host", "login", "schema", "port", "password", "extra"] as const;

const TEST_DISABLED =
  "Testing connections is disabled in Airflow configuration. Contact your deployment admin to enable it.";

/** Connections of the database. Passwords never come out, what is secret in `extra` comes out as `***`. */
export function connectionHandlers(
  { settings, connectionTypes }: ServerPorts,
  { maximumPageLimit, testConnection }: ServerSettings,
): Pick<V1Handlers, Names> {
  const { connections } = settings;
  const get = async (id: string): Promise<ConnectionRecord> => (await connections.find(id)) ?? missing(id);
  return {
    get_connections: async ({ query }) => {
      const { field, descending } = readOrder(query.order_by, Object.keys(ORDERS) as (keyof typeof ORDERS)[], "id");
      const page = readPage(query, maximumPageLimit);
      const { items, total } = await connections.list({ ...page, field: ORDERS[field], descending });
      return { connections: items.map(itemToV1), total_entries: total };
    },
    post_connection: async ({ body }) => {
      const connection = readConnection(body);
      try {
        await connections.create({ connection, description: body.description ?? null });
      } catch (error) {
        if (!isMillraceError(error) || error.code !== "CONFLICT") throw error;
        throw new Problem(409, { detail: `Connection already exist. ID: ${connection.id}`, cause: error });
      }
      return connectionToV1(await get(connection.id));
    },
    get_connection: async ({ params }) => connectionToV1(await get(params.connection_id)),
    patch_connection: async ({ params, query, body }) => {
      const before = await get(params.connection_id);
      if (body.connection_id !== undefined && body.connection_id !== before.connectionId)
        throw new Problem(400, { detail: "The connection_id cannot be updated." });
      const change = applyMask(body, query.update_mask, { allowed: CHANGEABLE });
      const connection = readConnection({ ...bodyOf(before), ...restored(change, before) });
      const description = change.description === undefined ? before.description : change.description;
      await connections.replace({ connection, description });
      return connectionToV1(await get(connection.id));
    },
    delete_connection: async ({ params }) => {
      await get(params.connection_id);
      await connections.delete(params.connection_id);
    },
    test_connection: async ({ body, request }) => {
      if (!testConnection) return new Reply(TEST_DISABLED, { status: 403, mediaType: textReply("").mediaType ?? "" });
      const connection = readConnection({ connection_id: "__trial__", ...body });
      const { ok, message } = await connectionTypes.test(connection, request.signal);
      return { status: ok, message };
    },
  };
}

function itemToV1({
  connectionId,
  type,
  description,
  connection,
}: ConnectionRecord): NonNullable<V1Answer<"get_connections">["connections"]>[number] {
  const { host, login, schema, port } = connection ?? {};
  return {
    connection_id: connectionId,
    conn_type: type,
    description,
    host: host === undefined ? null : maskHost(host),
    login: login ?? null,
    schema: schema ?? null,
    port: port ?? null,
  };
}

function connectionToV1(record: ConnectionRecord): V1Answer<"get_connection"> {
  return { ...itemToV1(record), extra: extraToV1(record.connection?.extra ?? {}) };
}

/** @throws Problem 400 naming what is missing or does not fit */
function readConnection({ connection_id: id, conn_type: type, ...rest }: ConnectionBody): Connection {
  if (id === undefined || type === undefined) {
    const absent = Object.entries({ conn_type: type, connection_id: id }).filter(([, given]) => given === undefined);
    const detail = absent.map(([name]): [string, readonly string[]] => [name, ["Missing data for required field."]]);
    throw new Problem(400, { detail: reprPython(Object.fromEntries(detail)) });
  }
  requireKey(id);
  const { description: _, ...fields } = rest;
  return { ...parseConnection(id, JSON.stringify(fields)), type };
}

/** @throws Problem 400 */
function requireKey(id: string): void {
  if (id.length > 200) throw new Problem(400, { detail: "The key has to be less than 200 characters" });
  if (/^[A-Za-z0-9_.-]+$/.test(id)) return;
  const rule = "has to be made of alphanumeric characters, dashes, dots and underscores exclusively";
  throw new Problem(400, { detail: `The key ${reprPython(id)} ${rule}` });
}

function bodyOf({ connectionId, type, connection }: ConnectionRecord): ConnectionBody {
  const { host, login, schema, port, password, extra = {} } = connection ?? {};
  return {
    connection_id: connectionId,
    conn_type: type,
    extra: JSON.stringify(extra),
    ...(host !== undefined && { host }),
    ...(login !== undefined && { login }),
    ...(schema !== undefined && { schema }),
    ...(port !== undefined && { port }),
    ...(password !== undefined && { password: password.reveal() }),
  };
}

/** Who writes back what they read gives `***` for what was hidden from them. */
function restored(change: Partial<ConnectionBody>, { connection }: ConnectionRecord): Partial<ConnectionBody> {
  const { host, extra } = change;
  if (!connection) return change;
  return {
    ...change,
    ...(typeof host === "string" && { host: restoreHost(host, connection.host) }),
    ...(typeof extra === "string" && extra.trim() !== "" && { extra: restoredExtra(extra, connection) }),
  };
}

function restoredExtra(text: string, { id, extra }: Connection): string {
  const given = parseConnection(id, JSON.stringify({ conn_type: "any", extra: text })).extra;
  return JSON.stringify(restoreExtra(given, extra));
}

function missing(id: string): never {
  const detail = `The Connection with connection_id: \`${id}\` was not found`;
  throw new Problem(404, { title: "Connection not found", detail });
}
