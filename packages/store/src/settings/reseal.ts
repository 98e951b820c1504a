// A value is replaced only while it is still the one that was opened, and what is left to do is read off the values themselves: any number may do
// this at once, a killed one leaves nothing half done, and the next goes on where it was.
import type { KeyRing } from "../key-file.ts";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "../queries/run-guarded.ts";
import { makeSealer, type Sealer } from "../secrets.ts";
import { placeOfConnection, placeOfVariable } from "./sealed-places.ts";

const BATCH = 100;

interface SealedColumn {
  readonly what: "connections" | "variables";
  readonly find: string;
  readonly replace: string;
  readonly place: (key: string) => string;
}

/** Everything in the database that is sealed. */
const COLUMNS: readonly SealedColumn[] = [
  {
    what: "connections",
    find: "select connection_id as key, value from millrace.connection where connection_id > $1 and not starts_with(value, $2) order by connection_id limit $3",
    replace: "update millrace.connection set value = $3 where connection_id = $1 and value = $2",
    place: placeOfConnection,
  },
  {
    what: "variables",
    find: "select key, value from millrace.variable where key > $1 and sealed and not starts_with(value, $2) order by key limit $3",
    replace: "update millrace.variable set value = $3 where key = $1 and value = $2 and sealed",
    place: placeOfVariable,
  },
];

/** What sealing everything anew has done. */
export interface Resealed {
  readonly connections: number;
  readonly variables: number;
}

/** How {@link reseal} is watched. */
export interface ResealOptions {
  /** Called after each batch with what is done so far. */
  readonly onProgress?: (done: Resealed) => void;
  readonly signal?: AbortSignal;
}

/**
 * Seals with the first key whatever another one has sealed, batch by batch, while everything runs.
 *
 * @returns how many values were sealed anew; afterwards nothing needs the other keys. @throws MillraceError BAD_CONFIG when one cannot be opened, after all
 *   others before it were sealed anew
 */
export async function reseal(pool: DatabasePool, keys: KeyRing, options: ResealOptions = {}): Promise<Resealed> {
  const { onProgress, signal } = options;
  const tools = { pool, sealer: makeSealer(keys) };
  let done: Resealed = { connections: 0, variables: 0 };
  for (const column of COLUMNS) {
    // Until a whole pass finds nothing: a process that had not heard of the new key may seal behind the reader's back.
    for (let isClean = false; !isClean;) {
      isClean = true;
      for await (const count of pass(tools, column, signal)) {
        isClean = false;
        done = { ...done, [column.what]: done[column.what] + count };
        onProgress?.(done);
      }
    }
  }
  return done;
}

interface Tools {
  readonly pool: DatabasePool;
  readonly sealer: Sealer;
}

interface SealedRow {
  readonly key: string;
  readonly value: string;
}

/** Goes through a column once. Yields how many of a batch were sealed anew; nothing for a column that needs nothing. */
async function* pass(tools: Tools, column: SealedColumn, signal: AbortSignal | undefined): AsyncGenerator<number> {
  let after: string | undefined = "";
  while (after !== undefined) {
    signal?.throwIfAborted();
    const values: readonly unknown[] = [after, tools.sealer.presentStart(), BATCH];
    const rows: readonly SealedRow[] = await query<SealedRow>(tools.pool, column.find, values);
    let count = 0;
    for (const row of rows) count += await resealOne(tools, column, row);
    if (rows.length > 0) yield count;
    after = rows.length < BATCH ? undefined : rows.at(-1)?.key;
  }
}

async function resealOne({ pool, sealer }: Tools, column: SealedColumn, { key, value }: SealedRow): Promise<number> {
  const place = column.place(key);
  const sealed = sealer.seal(sealer.open(value, place), place);
  const changed = await query(pool, `${column.replace} returning 1`, [key, value, sealed]);
  return changed.length;
}

async function query<Row>(pool: DatabasePool, text: string, values: readonly unknown[]): Promise<readonly Row[]> {
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<Row & Record<string, unknown>>(text, [...values]),
  );
  return rows;
}
