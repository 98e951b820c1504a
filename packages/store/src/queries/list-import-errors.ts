import type { DagLists, ListedImportError, Micros, OffsetList } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

const COLUMNS = `
  select e.import_error_id, e.file, e.message, e.line, e.column_number, e.stack, e.at
  from millrace.import_error e`;

// Index dag_by_file.
const FILTER = `
  where $1::text[] is null
    or exists (select from millrace.dag d where d.file = e.file and d.dag_id = any ($1))`;

const COUNT = `
  select count(*)::integer as total
  from millrace.import_error e
  ${FILTER}`;

const page = (order: string): string => `${COLUMNS}${FILTER}
  order by ${order}
  limit $2
  offset $3`;

/** Ties come in the order in which the errors were found. */
const PAGES = {
  id: { up: page("e.import_error_id"), down: page("e.import_error_id desc") },
  at: { up: page("e.at, e.import_error_id"), down: page("e.at desc, e.import_error_id") },
  file: { up: page("e.file, e.import_error_id"), down: page("e.file desc, e.import_error_id") },
} as const;

const ONE = `${COLUMNS}
  where e.import_error_id = $1`;

interface ErrorSql {
  readonly import_error_id: number;
  readonly file: string;
  readonly message: string;
  readonly line: number | null;
  readonly column_number: number | null;
  readonly stack: string | null;
  readonly at: Micros;
}

/** Why files cannot be loaded, a page by position. */
export async function listImportErrorsByOffset(
  pool: DatabasePool,
  { dagIds, by, descending, limit, offset }: Parameters<DagLists["listImportErrors"]>[0],
): Promise<OffsetList<ListedImportError>> {
  return await runGuarded(pool, "any", async (client) => {
    const { rows: counted } = await client.query<{ total: number }>(COUNT, [dagIds ?? null]);
    const { rows } = await client.query<ErrorSql>(PAGES[by][descending ? "down" : "up"], [
      dagIds ?? null,
      limit,
      offset,
    ]);
    return { items: rows.map(errorFromSql), total: counted[0].total };
  });
}

/** One of them. */
export async function findImportError(
  pool: DatabasePool,
  importErrorId: number,
): Promise<ListedImportError | undefined> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<ErrorSql>(ONE, [importErrorId]));
  return rows[0] && errorFromSql(rows[0]);
}

function errorFromSql(row: ErrorSql): ListedImportError {
  return {
    importErrorId: row.import_error_id,
    file: row.file,
    message: row.message,
    at: row.at,
    ...(row.line !== null && { line: row.line }),
    ...(row.column_number !== null && { column: row.column_number }),
    ...(row.stack !== null && { stack: row.stack }),
  };
}
