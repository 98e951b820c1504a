import { isMillraceError, parseConnection } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "../queries/run-guarded.ts";
import type { Sealer } from "../secrets.ts";
import { placeOfConnection } from "./sealed-places.ts";
import { sortKeysOf } from "./sort-keys-of.ts";

const BATCH = 200;

const FIND = `
  select connection_id, value
  from millrace.connection
  where not placed
  order by connection_id
  limit ${BATCH}`;

const PLACE = `
  update millrace.connection
  set sort_host = $3, sort_port = $4, placed = true
  where connection_id = $1 and value = $2`;

/** Fills in what connections are ordered by, for those that were sealed as a whole: they say it only when they are opened. */
export async function placeConnections(pool: DatabasePool, sealer: Sealer): Promise<void> {
  for (;;) {
    const { rows } = await runGuarded(pool, "any", (client) =>
      client.query<{ connection_id: string; value: string }>(FIND),
    );
    for (const { connection_id: id, value } of rows) {
      const { host, port } = keysOf(id, value, sealer);
      await runGuarded(pool, "any", (client) => client.query(PLACE, [id, value, host, port]));
    }
    if (rows.length < BATCH) return;
  }
}

function keysOf(id: string, value: string, sealer: Sealer): ReturnType<typeof sortKeysOf> {
  try {
    return sortKeysOf(parseConnection(id, sealer.open(value, placeOfConnection(id))));
  } catch (error) {
    if (isMillraceError(error)) return { host: null, port: null };
    throw error;
  }
}
