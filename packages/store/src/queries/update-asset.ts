import { MillraceError, type AssetUpdated, type Micros } from "@millrace/core";
import { storable } from "../commit/text-rules.ts";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

// As a commit does it for a task (migrations/0004-commit-rest.sql); run 0 is the outside. The trigger on asset_queue keeps nothing for DAGs that are paused.
const UPDATE = `
  with known as (
    insert into millrace.asset (uri)
    values ($1)
    on conflict do nothing
  ),
  event as (
    insert into millrace.asset_event (run_id, uri, extra, at)
    values (0, $1, $2, now())
    returning event_id, at
  ),
  queued as (
    insert into millrace.asset_queue (dag_id, event_id, uri, at, source_run_id)
    select s.dag_id, e.event_id, $1, e.at, 0
    from event e
    join millrace.dag_asset s on s.uri = $1
    returning dag_id
  )
  select e.event_id, e.at, array(select q.dag_id from queued q order by q.dag_id) as queued_for, pg_notify('millrace_dags', '')
  from event e`;

/** The longest URI that an asset may have (`asset()`). */
const URI = /^[\x21-\x7e]{1,1500}$/;

/** Says that an asset was updated from outside. @throws MillraceError BAD_ARGUMENT for a URI that no asset can have, or an `extra` that is no JSON object. */
export async function updateAsset(pool: DatabasePool, uri: string, extra: string | null): Promise<AssetUpdated> {
  if (!URI.test(uri))
    throw new MillraceError(
      "BAD_ARGUMENT",
      `"${uri}" is no URI of an asset: 1 to 1500 ASCII characters without spaces`,
    );
  const text = extra === null ? null : storable(extra, { runId: 0, column: "an asset event's extra" });
  if (text !== null && !isObject(text)) throw new MillraceError("BAD_ARGUMENT", "extra must be a JSON object");
  type EventSql = { event_id: number; at: Micros; queued_for: readonly string[] };
  const { rows } = await runGuarded(pool, "any", (client) => client.query<EventSql>(UPDATE, [uri, text]));
  return { eventId: rows[0].event_id, at: rows[0].at, queuedFor: rows[0].queued_for };
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value);
  } catch {
    return false;
  }
}
