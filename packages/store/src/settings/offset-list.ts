import type { CountedPart, OrderedRequest } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "../queries/run-guarded.ts";

/** How a list is read that people keep short: settings by the dozen or by the thousand, never runs. */
export interface OffsetSource<Field extends string> {
  /** `select … from … `, without order. */
  readonly select: string;
  readonly table: string;
  /** Column of each field that it can be ordered by. */
  readonly columns: Readonly<Record<Field, string>>;
  /** Column that decides between equals. */
  readonly key: string;
}

/** Reads a part of a list and counts all of it. Only the part comes into memory. */
export async function readOffset<Field extends string, Row, Item>(
  pool: DatabasePool,
  { select, table, columns, key }: OffsetSource<Field>,
  { field, descending, limit, offset }: OrderedRequest<Field>,
  item: (row: Row) => Item,
): Promise<CountedPart<Item>> {
  const direction = descending ? "desc" : "asc";
  const page = `${select} order by ${columns[field]} ${direction}, ${key} ${direction} limit $1 offset $2`;
  const count = `select count(*)::integer as total from ${table}`;
  const { rows, total } = await runGuarded(pool, "any", async (client) => {
    const found = await client.query<Row & Record<string, unknown>>(page, [limit, offset]);
    const counted = await client.query<{ total: number }>(count);
    return { rows: found.rows, total: counted.rows[0]?.total ?? 0 };
  });
  return { items: rows.map(item), total };
}
