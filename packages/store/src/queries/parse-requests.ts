import type { Micros, ParseRequests } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";
import type { WakeUps } from "./wake-ups.ts";

/** Files that are read again in one go. */
const FILES_AT_ONCE = 1_000;

const ASK = `
  with asked as (
    insert into millrace.parse_request (file)
    values ($1)
    on conflict do nothing
    returning file
  )
  select pg_notify('millrace_dags', '') from asked`;

// A process that died without a word is forgotten when another one speaks, and so is a wish for a file that no processor has.
const LIVE = `
  with stale as (
    delete from millrace.parse_request
    where at < now() - interval '1 day'
  ), dead as (
    delete from millrace.dag_processor
    where heartbeat_at < now() - interval '1 day'
  )
  insert into millrace.dag_processor (host, pid)
  values ($1, $2)
  on conflict (host, pid) do update
  set heartbeat_at = now()`;

const OPEN = `
  select file
  from millrace.parse_request
  order by at, file
  limit ${FILES_AT_ONCE}`;

const DONE = `
  delete from millrace.parse_request
  where file = any ($1)`;

const LEAVE = `
  delete from millrace.dag_processor
  where host = $1 and pid = $2`;

const LAST_HEARTBEAT = `
  select max(heartbeat_at) as at
  from millrace.dag_processor`;

/** Wishes that DAG files be read again, on PostgreSQL. */
export function makeParseRequests(pool: DatabasePool, wakeUps: WakeUps): ParseRequests {
  return {
    async ask(file) {
      const { rowCount } = await runGuarded(pool, "any", (client) => client.query(ASK, [file]));
      return rowCount === 1;
    },
    async open({ host, pid }) {
      const { rows } = await runGuarded(pool, "any", async (client) => {
        await client.query(LIVE, [host, pid]);
        return await client.query<{ file: string }>(OPEN);
      });
      return rows.map((row) => row.file);
    },
    async done(files) {
      await runGuarded(pool, "any", (client) => client.query(DONE, [files]));
    },
    async leave({ host, pid }) {
      await runGuarded(pool, "any", (client) => client.query(LEAVE, [host, pid]));
    },
    listen: (wake) => wakeUps.listen(["dags"], wake),
    async lastHeartbeat() {
      const { rows } = await runGuarded(pool, "any", (client) => client.query<{ at: Micros | null }>(LAST_HEARTBEAT));
      return rows[0]?.at ?? undefined;
    },
  };
}
