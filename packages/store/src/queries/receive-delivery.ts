// R5. A delivery, the key that it is told by, and the command that makes its run are one statement, so one transaction: whoever is answered has a run, whatever
// dies after that.
import { MillraceError, type NewDelivery, type Received, type RefusedDelivery } from "@millrace/core";
import { cleanText, storable } from "../commit/text-rules.ts";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

const ACCEPTED_STATUS = 202;
const DUPLICATE_STATUS = 200;

// What `claimed` lets through goes on. A second one with the same key waits for the first one's commit at the primary key, and then claims nothing.
const RECEIVE = (claimed: string): string => `
  with claimed as (${claimed}),
  sent as (
    insert into millrace.inbox (dag_id, command, by)
    select $2::text, $3::text, $4::text from claimed
    returning inbox_id
  ),
  delivered as (
    insert into millrace.webhook_delivery (delivery_id, webhook, dag_id, from_address, status, http_status, headers, body, run_key, inbox_id, replay_of)
    select $1::uuid, $5::text, $2::text, $6::text, 'accepted', ${ACCEPTED_STATUS}, $7::text, $8::text, $9::text, s.inbox_id, $10::uuid
    from sent s
  ),
  audited as (
    insert into millrace.audit_entry (event, by, from_address, dag_id, run_key)
    select 'webhook.received', $4::text, $6::text, $2::text, $9::text from sent
  )
  select s.inbox_id, pg_notify('millrace_inbox', '') from sent s`;

const ALWAYS = RECEIVE("select 1");

const ONCE = RECEIVE(`
    insert into millrace.webhook_key (webhook, key, delivery_id, run_key, expires_at)
    values ($5, $11, $1, $9, now() + make_interval(days => $12))
    on conflict (webhook, key) do update
    set delivery_id = excluded.delivery_id, run_key = excluded.run_key, expires_at = excluded.expires_at
    where webhook_key.expires_at <= now()
    returning 1`);

const DUPLICATE = `
  insert into millrace.webhook_delivery (delivery_id, webhook, dag_id, from_address, status, http_status, headers, body, run_key, first_delivery_id)
  select $1, $2, $3, $4, 'duplicate', ${DUPLICATE_STATUS}, $5, $6, k.run_key, k.delivery_id
  from millrace.webhook_key k
  where k.webhook = $2 and k.key = $7
  returning run_key, first_delivery_id`;

const REFUSE = `
  insert into millrace.webhook_delivery (delivery_id, webhook, dag_id, from_address, status, http_status, reason, headers, body, replay_of)
  values ($1, $2, $3, $4, 'refused', $5, $6, $7, $8, $9)`;

/** Writes a delivery down with the command that makes its run, or that it is one of those that came before. */
export async function receiveDelivery(pool: DatabasePool, delivery: NewDelivery): Promise<Received> {
  for (;;) {
    const inboxId = await accept(pool, delivery);
    if (inboxId !== undefined) return { status: "accepted", runKey: delivery.runKey, inboxId };
    const first = await noteDuplicate(pool, delivery);
    // Absent: the key has expired and went between the two statements.
    if (first) return { status: "duplicate", ...first };
  }
}

/** Writes down a delivery that makes no run. */
export async function refuseDelivery(pool: DatabasePool, refusal: RefusedDelivery): Promise<void> {
  const { deliveryId, webhook, dagId, from, httpStatus, reason, headers, body, replayOf } = refusal;
  const values = [
    deliveryId,
    webhook,
    dagId,
    cleanText(from),
    httpStatus,
    cleanText(reason),
    headersText(headers),
    body === undefined ? null : cleanText(body),
    replayOf ?? null,
  ];
  await runGuarded(pool, "any", (client) => client.query(REFUSE, values));
}

async function accept(pool: DatabasePool, delivery: NewDelivery): Promise<number | undefined> {
  const { deliveryId, webhook, dagId, from, headers, body, runKey, conf, by, replayOf, dedupe } = delivery;
  const command = storable(JSON.stringify({ kind: "trigger", runKey, conf }), { runId: 0, column: "the conf" });
  const values = [
    deliveryId,
    dagId,
    command,
    cleanText(by),
    webhook,
    cleanText(from),
    headersText(headers),
    body === undefined ? null : storable(body, { runId: 0, column: "the body" }),
    runKey,
    replayOf ?? null,
    ...(dedupe ? [keyOf(dedupe.key), dedupe.days] : []),
  ];
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<{ inbox_id: number }>(dedupe ? ONCE : ALWAYS, values),
  );
  return rows[0]?.inbox_id;
}

async function noteDuplicate(
  pool: DatabasePool,
  { deliveryId, webhook, dagId, from, headers, body, dedupe }: NewDelivery,
): Promise<{ readonly runKey: string; readonly firstDeliveryId: string } | undefined> {
  if (!dedupe) throw new Error("a delivery without a key is always accepted");
  const values = [deliveryId, webhook, dagId, cleanText(from), headersText(headers), body ?? null, keyOf(dedupe.key)];
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<{ run_key: string; first_delivery_id: string }>(DUPLICATE, values),
  );
  return rows[0] && { runKey: rows[0].run_key, firstDeliveryId: rows[0].first_delivery_id };
}

function headersText(headers: Readonly<Record<string, string>>): string {
  return cleanText(JSON.stringify(headers));
}

/** @throws MillraceError DATA_REJECTED */
function keyOf(key: string): string {
  if (!key.isWellFormed() || key.includes("\0"))
    throw new MillraceError(
      "DATA_REJECTED",
      "what tells repeated deliveries apart holds characters that cannot be stored",
    );
  return key;
}
