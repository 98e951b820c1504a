import {
  isMillraceError,
  type Micros,
  type VariableOrder,
  type VariableRecord,
  type VariableStore,
} from "@millrace/core";
import { cleanText, storable, storableName } from "../commit/text-rules.ts";
import type { DatabasePool } from "../postgres/index.ts";
import { keyAfter, limitOf, pageOf } from "../queries/page.ts";
import { runGuarded } from "../queries/run-guarded.ts";
import { deleteVariable } from "../queries/variables.ts";
import type { Sealer } from "../secrets.ts";
import { readOffset, type OffsetSource } from "./offset-list.ts";
import { placeOfVariable } from "./sealed-places.ts";

const SELECT = `
  select key, value, sealed, description, updated_at
  from millrace.variable`;

const PAGE = `${SELECT}
  where key > $1
  order by key
  limit $2`;

const FIND = `${SELECT}
  where key = $1`;

const SET = `
  insert into millrace.variable (key, value, sealed, description)
  values ($1, $2, $3, $4)
  on conflict (key) do update
  set value = excluded.value, sealed = excluded.sealed, description = excluded.description, updated_at = now()`;

const SOURCE: OffsetSource<VariableOrder> = {
  select: SELECT,
  table: "millrace.variable",
  key: "key",
  // Sealed values have no order that would mean anything, and theirs must say nothing about them.
  columns: { key: "key", value: 'case when sealed then null else value end collate "C"', number: "number" },
};

interface VariableSql {
  readonly key: string;
  readonly value: string;
  readonly sealed: boolean;
  readonly description: string | null;
  readonly updated_at: Micros;
}

/** Variables of the database, in clear. */
export function makeVariableStore(pool: DatabasePool, sealer: Sealer): VariableStore {
  const record = (row: VariableSql): VariableRecord => recordOf(row, sealer, "list");
  return {
    list: (request) => readOffset<VariableOrder, VariableSql, VariableRecord>(pool, SOURCE, request, record),
    async page(request = {}) {
      const limit = limitOf(request);
      const values = [keyAfter<[string]>(request)?.[0] ?? "", limit + 1];
      const { rows } = await runGuarded(pool, "any", (client) => client.query<VariableSql>(PAGE, values));
      return pageOf(rows, limit, { item: record, key: (row) => [row.key] });
    },
    async find(key) {
      const { rows } = await runGuarded(pool, "any", (client) => client.query<VariableSql>(FIND, [key]));
      return rows[0] && recordOf(rows[0], sealer, "one");
    },
    async set({ key: given, value, secret, description }) {
      const key = storableName(given, "the variable's key");
      const stored = secret
        ? sealer.seal(value, placeOfVariable(key))
        : storable(value, { runId: 0, column: `the variable "${key}"` });
      const values = [key, stored, secret, description === null ? null : cleanText(description)];
      await runGuarded(pool, "any", (client) => client.query(SET, values));
    },
    delete: (key) => deleteVariable(pool, key),
  };
}

function recordOf(row: VariableSql, sealer: Sealer, as: "list" | "one"): VariableRecord {
  const { key, value, sealed: secret, description, updated_at: updatedAt } = row;
  const known = { key, secret, description, updatedAt };
  if (!secret) return { ...known, value };
  try {
    return { ...known, value: sealer.open(value, placeOfVariable(key)) };
  } catch (error) {
    // One variable whose key is lost must not hide the others.
    if (as === "list" && isMillraceError(error)) return known;
    throw error;
  }
}
