import type pg from "pg";
import type { Conditions } from "./conditions.ts";

/** How many rows fit. The one place where lists of runs and what is in them are counted. @param from what is counted, like `millrace.dag_run r` */
export async function totalOf(client: pg.ClientBase, from: string, { text, values }: Conditions): Promise<number> {
  const { rows } = await client.query<{ total: number }>(`select count(*) as total from ${from} ${text}`, [...values]);
  return rows[0].total;
}
