import type { DatabasePool } from "../postgres/index.ts";
import type { Conditions } from "./conditions.ts";
import { runGuarded } from "./run-guarded.ts";

/** How many rows fit a filter that nobody keeps totals for. @param from what is counted, like `millrace.dag_run r` */
export async function totalOf(pool: DatabasePool, from: string, { text, values }: Conditions): Promise<number> {
  const statement = `select count(*) as total from ${from} ${text}`;
  const { rows } = await runGuarded(pool, "any", (client) => client.query<{ total: number }>(statement, [...values]));
  return rows[0].total;
}

/** True when nothing else than these fields is asked for. */
export function asksOnly<Filter extends object>(filter: Filter, fields: readonly (keyof Filter & string)[]): boolean {
  return Object.entries(filter).every(([field, value]) => value === undefined || fields.includes(field as never));
}
