import {
  MillraceError,
  type ConnectionInfo,
  type ConnectionInput,
  type Micros,
  type Page,
  type PageRequest,
} from "@millrace/core";
import { cleanText, storableName } from "../commit/text-rules.ts";
import type { DatabasePool } from "../postgres/index.ts";
import type { Sealer } from "../secrets.ts";
import { placeOfConnection } from "../settings/sealed-places.ts";
import { keyAfter, limitOf, pageOf } from "./page.ts";
import { runGuarded } from "./run-guarded.ts";

const READ = `
  select value
  from millrace.connection
  where connection_id = $1`;

const LIST = `
  select connection_id, connection_type, coalesce(description, '') as description, updated_at
  from millrace.connection
  where connection_id > $1
  order by connection_id
  limit $2`;

const WRITE = `
  insert into millrace.connection (connection_id, connection_type, value, description)
  values ($1, $2, $3, $4)
  on conflict (connection_id) do update
  set connection_type = excluded.connection_type, value = excluded.value, description = excluded.description, placed = false, updated_at = now()`;

const DELETE = "delete from millrace.connection where connection_id = $1";

interface ConnectionSql {
  readonly connection_id: string;
  readonly connection_type: string;
  readonly description: string;
  readonly updated_at: Micros;
}

/** @returns the connection as it was set, in clear; `undefined` when there is none. */
export async function readConnection(
  pool: DatabasePool,
  sealer: Sealer,
  connectionId: string,
): Promise<string | undefined> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<{ value: string }>(READ, [connectionId]));
  return rows[0] === undefined ? undefined : sealer.open(rows[0].value, placeOfConnection(connectionId));
}

/** Connections by id, without their values: all of a connection is secret. */
export async function listConnections(pool: DatabasePool, request: PageRequest): Promise<Page<ConnectionInfo>> {
  const limit = limitOf(request);
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<ConnectionSql>(LIST, [keyAfter<[string]>(request)?.[0] ?? "", limit + 1]),
  );
  return pageOf(rows, limit, {
    item: (row) => ({
      connectionId: row.connection_id,
      connectionType: row.connection_type,
      description: row.description,
      updatedAt: row.updated_at,
    }),
    key: (row) => [row.connection_id],
  });
}

/** Makes or replaces a connection; its value is sealed whole. */
export async function setConnection(pool: DatabasePool, sealer: Sealer, input: ConnectionInput): Promise<void> {
  const id = storableName(input.connectionId, "the connection's id");
  const values = [
    id,
    cleanText(input.connectionType),
    sealer.seal(input.value, placeOfConnection(id)),
    cleanText(input.description ?? ""),
  ];
  await runGuarded(pool, "any", (client) => client.query(WRITE, values));
}

/** @throws MillraceError NOT_FOUND */
export async function deleteConnection(pool: DatabasePool, connectionId: string): Promise<void> {
  const { rowCount } = await runGuarded(pool, "any", (client) => client.query(DELETE, [connectionId]));
  if (rowCount === 0)
    throw new MillraceError("NOT_FOUND", `there is no connection "${connectionId}".`, { details: { connectionId } });
}
