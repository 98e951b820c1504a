import type { Micros } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { deleteAll, ROWS_AT_ONCE } from "./delete-batch.ts";

// Index webhook_delivery_by_age.
const DELIVERIES = `
  delete from millrace.webhook_delivery
  where delivery_id in (
    select delivery_id from millrace.webhook_delivery
    where at < now() - $1::bigint * interval '1 microsecond'
    order by at
    limit ${ROWS_AT_ONCE}
  )`;

// Index webhook_key_by_age. Asked again, so that a key that was taken again meanwhile stays.
const KEYS = `
  delete from millrace.webhook_key
  where expires_at <= now() and (webhook, key) in (
    select webhook, key from millrace.webhook_key
    where expires_at <= now()
    order by expires_at
    limit ${ROWS_AT_ONCE}
  )`;

/** Deletes deliveries that are older, null = none, and keys that have expired. @returns how many deliveries. */
export async function removeDeliveries(pool: DatabasePool, ageMicros: Micros | null): Promise<number> {
  await deleteAll(pool, KEYS);
  return ageMicros === null ? 0 : await deleteAll(pool, DELIVERIES, [ageMicros]);
}
