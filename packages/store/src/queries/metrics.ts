import type { MetricSnapshot, StoredSnapshot } from "@millrace/core";
import { cleanText } from "../commit/text-rules.ts";
import { transaction, type DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

// A row for each process that lives, so a scan of all is cheaper than an index on the time would be.
const FORGET_GONE = `
  delete from millrace.metric_snapshot
  where at < now() - interval '1 hour'`;

const SAVE = `
  insert into millrace.metric_snapshot (source, snapshot)
  values ($1, $2)
  on conflict (source) do update
  set at = now(), snapshot = excluded.snapshot`;

const LIST = `
  select source, snapshot
  from millrace.metric_snapshot
  where at > now() - interval '30 seconds'
  order by source`;

/** Overwrites what a process left before; forgets those of processes that have been gone for an hour. */
export async function saveMetrics(pool: DatabasePool, { source, snapshot }: StoredSnapshot): Promise<void> {
  const values = [cleanText(source), cleanText(JSON.stringify(snapshot))];
  await runGuarded(pool, "any", (client) =>
    transaction(client, async () => {
      await client.query("set local synchronous_commit = off");
      await client.query(FORGET_GONE);
      await client.query(SAVE, values);
    }),
  );
}

/** Snapshots of the processes that have written lately. */
export async function listMetrics(pool: DatabasePool): Promise<readonly StoredSnapshot[]> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<{ source: string; snapshot: string }>(LIST));
  return rows.map(({ source, snapshot }) => ({ source, snapshot: JSON.parse(snapshot) as MetricSnapshot }));
}
