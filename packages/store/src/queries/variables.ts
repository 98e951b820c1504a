import {
  MillraceError,
  type Micros,
  type Page,
  type PageRequest,
  type VariableInfo,
  type VariableInput,
} from "@millrace/core";
import { cleanText, storable, storableName } from "../commit/text-rules.ts";
import type { DatabasePool } from "../postgres/index.ts";
import type { Sealer } from "../secrets.ts";
import { placeOfVariable } from "../settings/sealed-places.ts";
import { keyAfter, limitOf, pageOf } from "./page.ts";
import { runGuarded } from "./run-guarded.ts";

const READ = `
  select key, value, sealed, coalesce(description, '') as description, updated_at
  from millrace.variable
  where key = $1`;

const LIST = `
  select key, value, sealed, coalesce(description, '') as description, updated_at
  from millrace.variable
  where key > $1
  order by key
  limit $2`;

const WRITE = `
  insert into millrace.variable (key, value, sealed, description)
  values ($1, $2, $3, $4)
  on conflict (key) do update
  set value = excluded.value, sealed = excluded.sealed, description = excluded.description, updated_at = now()`;

const DELETE = "delete from millrace.variable where key = $1";

interface VariableSql {
  readonly key: string;
  readonly value: string;
  readonly sealed: boolean;
  readonly description: string;
  readonly updated_at: Micros;
}

/** @returns the value in clear, `undefined` when there is none. */
export async function readVariable(pool: DatabasePool, sealer: Sealer, key: string): Promise<string | undefined> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<VariableSql>(READ, [key]));
  return rows[0] === undefined ? undefined : valueOf(rows[0], sealer);
}

/** Variables by key; secret ones without their value. */
export async function listVariables(pool: DatabasePool, request: PageRequest): Promise<Page<VariableInfo>> {
  const limit = limitOf(request);
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<VariableSql>(LIST, [keyAfter<[string]>(request)?.[0] ?? "", limit + 1]),
  );
  return pageOf(rows, limit, {
    item: ({ key, value, sealed, description, updated_at: updatedAt }) => ({
      key,
      value: sealed ? undefined : value,
      secret: sealed,
      description,
      updatedAt,
    }),
    key: (row) => [row.key],
  });
}

/** Makes or replaces a variable. A secret one is sealed. */
export async function setVariable(pool: DatabasePool, sealer: Sealer, input: VariableInput): Promise<void> {
  const key = storableName(input.key, "the variable's key");
  const value = input.secret
    ? sealer.seal(input.value, placeOfVariable(key))
    : storable(input.value, { runId: 0, column: `the variable "${key}"` });
  await runGuarded(pool, "any", (client) =>
    client.query(WRITE, [key, value, input.secret, cleanText(input.description ?? "")]),
  );
}

/** @throws MillraceError NOT_FOUND */
export async function deleteVariable(pool: DatabasePool, key: string): Promise<void> {
  const { rowCount } = await runGuarded(pool, "any", (client) => client.query(DELETE, [key]));
  if (rowCount === 0) throw new MillraceError("NOT_FOUND", `there is no variable "${key}".`, { details: { key } });
}

function valueOf(row: VariableSql, sealer: Sealer): string {
  return row.sealed ? sealer.open(row.value, placeOfVariable(row.key)) : row.value;
}
