import {
  connectionFields,
  isMillraceError,
  MillraceError,
  parseConnection,
  type ConnectionOrder,
  type ConnectionRecord,
  type ConnectionStore,
  type ConnectionWrite,
  type Micros,
} from "@millrace/core";
import { cleanText, storableName } from "../commit/text-rules.ts";
import type { DatabasePool } from "../postgres/index.ts";
import { deleteConnection } from "../queries/connections.ts";
import { keyAfter, limitOf, pageOf } from "../queries/page.ts";
import { runGuarded } from "../queries/run-guarded.ts";
import type { Sealer } from "../secrets.ts";
import { readOffset, type OffsetSource } from "./offset-list.ts";
import { placeConnections } from "./place-connections.ts";
import { placeOfConnection } from "./sealed-places.ts";
import { sortKeysOf } from "./sort-keys-of.ts";

const SELECT = `
  select connection_id, connection_type, value, description, updated_at
  from millrace.connection`;

const PAGE = `${SELECT}
  where connection_id > $1
  order by connection_id
  limit $2`;

const FIND = `${SELECT}
  where connection_id = $1`;

const CREATE = `
  insert into millrace.connection (connection_id, connection_type, value, description, sort_host, sort_port, placed)
  values ($1, $2, $3, $4, $5, $6, true)
  on conflict (connection_id) do nothing`;

const REPLACE = `
  update millrace.connection
  set connection_type = $2, value = $3, description = $4, sort_host = $5, sort_port = $6, placed = true, updated_at = now()
  where connection_id = $1`;

const SOURCE: OffsetSource<ConnectionOrder> = {
  select: SELECT,
  table: "millrace.connection",
  key: "connection_id",
  columns: {
    connectionId: "connection_id",
    type: 'connection_type collate "C"',
    description: 'description collate "C"',
    host: "sort_host",
    port: "sort_port",
    number: "number",
  },
};

interface ConnectionSql {
  readonly connection_id: string;
  readonly connection_type: string;
  readonly value: string;
  readonly description: string | null;
  readonly updated_at: Micros;
}

/** Connections of the database with all they say. */
export function makeConnectionStore(pool: DatabasePool, sealer: Sealer): ConnectionStore {
  const record = (row: ConnectionSql): ConnectionRecord => recordOf(row, sealer, "list");
  return {
    async list(request) {
      if (request.field === "host" || request.field === "port") await placeConnections(pool, sealer);
      return await readOffset<ConnectionOrder, ConnectionSql, ConnectionRecord>(pool, SOURCE, request, record);
    },
    async page(request = {}) {
      const limit = limitOf(request);
      const values = [keyAfter<[string]>(request)?.[0] ?? "", limit + 1];
      const { rows } = await runGuarded(pool, "any", (client) => client.query<ConnectionSql>(PAGE, values));
      return pageOf(rows, limit, { item: record, key: (row) => [row.connection_id] });
    },
    async find(connectionId) {
      const { rows } = await runGuarded(pool, "any", (client) => client.query<ConnectionSql>(FIND, [connectionId]));
      return rows[0] && recordOf(rows[0], sealer, "one");
    },
    async create(write) {
      if ((await writeOne(pool, CREATE, write, sealer)) > 0) return;
      const { id } = write.connection;
      throw new MillraceError("CONFLICT", `there is already a connection "${id}".`, { details: { connectionId: id } });
    },
    async replace(write) {
      if ((await writeOne(pool, REPLACE, write, sealer)) > 0) return;
      const { id } = write.connection;
      throw new MillraceError("NOT_FOUND", `there is no connection "${id}".`, { details: { connectionId: id } });
    },
    delete: (connectionId) => deleteConnection(pool, connectionId),
  };
}

async function writeOne(
  pool: DatabasePool,
  statement: string,
  { connection, description }: ConnectionWrite,
  sealer: Sealer,
): Promise<number> {
  const id = storableName(connection.id, "the connection's id");
  const { conn_type: type, description: _, ...rest } = connectionFields(connection);
  const { host, port } = sortKeysOf(connection);
  const values = [
    id,
    cleanText(type),
    sealer.seal(JSON.stringify({ conn_type: type, ...rest }), placeOfConnection(id)),
    description === null ? null : cleanText(description),
    host,
    port,
  ];
  const { rowCount } = await runGuarded(pool, "any", (client) => client.query(statement, values));
  return rowCount ?? 0;
}

function recordOf(row: ConnectionSql, sealer: Sealer, as: "list" | "one"): ConnectionRecord {
  const { connection_id: connectionId, connection_type: type, description, updated_at: updatedAt } = row;
  const known = { connectionId, type, description, updatedAt };
  try {
    const text = sealer.open(row.value, placeOfConnection(connectionId));
    return { ...known, connection: parseConnection(connectionId, text) };
  } catch (error) {
    // One connection whose key is lost must not hide the others.
    if (as === "list" && isMillraceError(error)) return known;
    throw error;
  }
}
