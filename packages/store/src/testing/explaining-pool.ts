import pg from "pg";
import { typeParsers, type DatabasePool } from "../postgres/index.ts";

/** A pool of one connection that tells the plan of every statement it runs. */
export interface ExplainingPool {
  readonly pool: DatabasePool;
  /** Plans as auto_explain writes them, in the order in which their statements ended. */
  readonly plans: readonly string[];
}

/** Opens one. @param settings of auto_explain, by their names in it: `{ log_format: "json" }` */
export async function explainingPool(url: string, settings: Readonly<Record<string, string>>): Promise<ExplainingPool> {
  const client = new pg.Client({ connectionString: url, types: typeParsers() });
  const plans: string[] = [];
  client.on("notice", ({ message }) => plans.push(message ?? ""));
  await client.connect();
  await client.query("load 'auto_explain'");
  const given = Object.entries({ ...settings, log_level: "notice", log_min_duration: "0" });
  await client.query(given.map(([name, value]) => `set auto_explain.${name} = '${value}'`).join("; "));
  const lend = <T>(work: (lent: pg.PoolClient) => Promise<T>): Promise<T> => work(client as unknown as pg.PoolClient);
  const close = (): Promise<void> => client.end();
  const query: DatabasePool["query"] = (text, values) => client.query(text, values && [...values]);
  const pool = {
    hasSessions: true,
    serverVersion: 0,
    query,
    withClient: lend,
    withCommitClient: lend,
    close,
    [Symbol.asyncDispose]: close,
  };
  return { pool, plans };
}
