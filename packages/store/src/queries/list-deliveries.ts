import type { Answer, DeliveryInfo, DeliveryOutcome, Micros, Page, PageRequest } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { keyAfter, limitOf, pageOf } from "./page.ts";
import { runGuarded } from "./run-guarded.ts";

const COLUMNS = `
  v.delivery_id, v.at, v.webhook, v.dag_id, v.from_address, v.status, v.http_status, v.reason, v.headers, v.run_key, v.first_delivery_id, v.replay_of,
  v.body is not null as has_body, r.run_id, b.inbox_id, a.answer`;

// What became of the command: primary keys, and dag_run's of (dag_id, run_key).
const JOINS = `
  left join millrace.dag_run r on r.dag_id = v.dag_id and r.run_key = v.run_key
  left join millrace.inbox b on b.inbox_id = v.inbox_id
  left join millrace.inbox_answer a on a.inbox_id = v.inbox_id`;

// Index webhook_delivery_by_webhook.
const LIST = `
  select ${COLUMNS}
  from (
    select *
    from millrace.webhook_delivery
    where webhook = $1 and ($2::text is null or status = $2)
      and ($3::bigint is null or (at, delivery_id) < (millrace.instant($3), $4::uuid))
    order by at desc, delivery_id desc
    limit $5
  ) v ${JOINS}
  order by v.at desc, v.delivery_id desc`;

const FIND = `
  select ${COLUMNS}, v.body
  from millrace.webhook_delivery v ${JOINS}
  where v.delivery_id = $2 and v.webhook = $1`;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface DeliverySql {
  readonly delivery_id: string;
  readonly at: Micros;
  readonly webhook: string;
  readonly dag_id: string;
  readonly from_address: string;
  readonly status: DeliveryOutcome;
  readonly http_status: number;
  readonly reason: string | null;
  readonly headers: string;
  readonly run_key: string | null;
  readonly first_delivery_id: string | null;
  readonly replay_of: string | null;
  readonly has_body: boolean;
  readonly run_id: number | null;
  readonly inbox_id: number | null;
  readonly answer: string | null;
  readonly body?: string | null;
}

/** Deliveries to a webhook, newest first, without bodies. */
export async function listDeliveries(
  pool: DatabasePool,
  request: PageRequest & { readonly webhook: string; readonly status?: DeliveryOutcome },
): Promise<Page<DeliveryInfo>> {
  const limit = limitOf(request);
  const [at, deliveryId] = keyAfter<[number, string]>(request) ?? [null, null];
  const values = [request.webhook, request.status ?? null, at, deliveryId, limit + 1];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<DeliverySql>(LIST, values));
  return pageOf(rows, limit, { item: deliveryFromSql, key: (row) => [row.at, row.delivery_id] });
}

/** One delivery with its body. */
export async function findDelivery(
  pool: DatabasePool,
  webhook: string,
  deliveryId: string,
): Promise<DeliveryInfo | undefined> {
  if (!UUID.test(deliveryId)) return undefined;
  const { rows } = await runGuarded(pool, "any", (client) => client.query<DeliverySql>(FIND, [webhook, deliveryId]));
  return rows[0] && deliveryFromSql(rows[0]);
}

function deliveryFromSql(row: DeliverySql): DeliveryInfo {
  return {
    deliveryId: row.delivery_id,
    at: row.at,
    webhook: row.webhook,
    dagId: row.dag_id,
    from: row.from_address,
    status: row.status,
    httpStatus: row.http_status,
    headers: JSON.parse(row.headers) as Record<string, string>,
    hasBody: row.has_body,
    ...(row.reason !== null && { reason: row.reason }),
    ...(row.run_key !== null && { runKey: row.run_key }),
    ...(row.first_delivery_id !== null && { firstDeliveryId: row.first_delivery_id }),
    ...(row.replay_of !== null && { replayOf: row.replay_of }),
    ...(row.body !== null && row.body !== undefined && { body: row.body }),
    ...(row.status !== "refused" && runOf(row)),
  };
}

function runOf({ run_id: runId, inbox_id: inboxId, answer }: DeliverySql): Pick<DeliveryInfo, "run" | "runRefusal"> {
  if (runId !== null) return { run: "made" };
  if (inboxId !== null) return { run: "waiting" };
  const said = answer === null ? undefined : (JSON.parse(answer) as Answer);
  return said && !said.ok ? { run: "refused", runRefusal: said.message } : { run: "gone" };
}
