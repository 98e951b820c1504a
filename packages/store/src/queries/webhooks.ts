import type { GraphParam, GraphWebhook, Micros, Page, PageRequest, PresentWebhook, WebhookInfo } from "@millrace/core";
import type pg from "pg";
import type { DatabasePool } from "../postgres/index.ts";
import { keyAfter, limitOf, pageOf } from "./page.ts";
import { runGuarded } from "./run-guarded.ts";

const FORGET = "delete from millrace.webhook where dag_id = any ($1)";

const SAVE = `
  insert into millrace.webhook (dag_id, name, definition)
  select u.dag_id, u.name, u.definition from unnest($1::text[], $2::text[], $3::text[]) u (dag_id, name, definition)
  on conflict (dag_id, name) do update set definition = excluded.definition`;

// Index webhook_by_name. Two DAGs have one name only while a broken file keeps its last good version.
const FIND = `
  select w.dag_id, d.version, w.definition
  from millrace.webhook w
  join millrace.dag d on d.dag_id = w.dag_id
  where w.name = $1 and d.active
  order by w.dag_id
  limit 1`;

const LIST = `
  select w.dag_id, d.version, w.definition, d.paused, (
    select v.at from millrace.webhook_delivery v where v.webhook = w.name order by v.at desc limit 1
  ) as last_delivery_at
  from millrace.webhook w
  join millrace.dag d on d.dag_id = w.dag_id
  where d.active and ($1::text[] is null or w.dag_id = any ($1)) and (w.name, w.dag_id) > ($2, $3)
  order by w.name, w.dag_id
  limit $4`;

interface WebhookSql {
  readonly dag_id: string;
  readonly version: number;
  readonly definition: string;
}

interface Definition {
  readonly webhook: GraphWebhook;
  readonly params: Readonly<Record<string, GraphParam>>;
}

/** Replaces the webhooks of DAGs by those of their new versions. */
export async function saveWebhooks(
  client: pg.ClientBase,
  dags: readonly { readonly dagId: string; readonly graph: PresentGraph }[],
): Promise<void> {
  await client.query(FORGET, [dags.map(({ dagId }) => dagId)]);
  const rows = dags.flatMap(({ dagId, graph: { dag } }) =>
    (dag.webhooks ?? []).map((webhook) => ({
      dagId,
      name: webhook.name,
      definition: JSON.stringify({ webhook, params: dag.params } satisfies Definition),
    })),
  );
  if (rows.length === 0) return;
  await client.query(SAVE, [
    rows.map((row) => row.dagId),
    rows.map((row) => row.name),
    rows.map((row) => row.definition),
  ]);
}

/** What of a graph says which webhooks there are. */
interface PresentGraph {
  readonly dag: { readonly webhooks?: readonly GraphWebhook[]; readonly params: Definition["params"] };
}

/** The webhook of a name that the newest version of an active DAG declares. */
export async function findWebhook(pool: DatabasePool, name: string): Promise<PresentWebhook | undefined> {
  // Nothing else can be a name, and NUL cannot be sent.
  if (!/^[A-Za-z0-9._-]{1,250}$/.test(name)) return undefined;
  const { rows } = await runGuarded(pool, "any", (client) => client.query<WebhookSql>(FIND, [name]));
  return rows[0] && webhookFromSql(rows[0]);
}

/** Webhooks of active DAGs, by name. */
export async function listWebhooks(
  pool: DatabasePool,
  request: PageRequest & { readonly dagIds?: readonly string[] },
): Promise<Page<WebhookInfo>> {
  type Row = WebhookSql & { readonly paused: boolean; readonly last_delivery_at: Micros | null };
  const limit = limitOf(request);
  const [name, dagId] = keyAfter<[string, string]>(request) ?? ["", ""];
  const values = [request.dagIds ?? null, name, dagId, limit + 1];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<Row>(LIST, values));
  return pageOf(rows, limit, {
    item: (row) => ({
      ...webhookFromSql(row),
      paused: row.paused,
      ...(row.last_delivery_at !== null && { lastDeliveryAt: row.last_delivery_at }),
    }),
    key: (row) => {
      const { webhook } = JSON.parse(row.definition) as Definition;
      return [webhook.name, row.dag_id];
    },
  });
}

function webhookFromSql({ dag_id: dagId, version, definition }: WebhookSql): PresentWebhook {
  return { dagId, version, ...(JSON.parse(definition) as Definition) };
}
