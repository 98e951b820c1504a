import type { DagLists, DagWarning, Micros, OffsetList } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

// Warnings are not stored: a pool that is made ends them at once.
const WARNED = `
  select d.dag_id, v.created_at as at, array(select p from unnest(v.pools) p where p not in (select k.pool from millrace.pool k) order by p) as missing
  from millrace.dag d
  join millrace.dag_version v on v.dag_id = d.dag_id and v.version = d.version
  where d.active
    and ($1::text[] is null or d.dag_id = any ($1))
    and exists (select from unnest(v.pools) p where p not in (select k.pool from millrace.pool k))`;

const COUNT = `
  select count(*)::integer as total
  from (${WARNED}) w`;

const page = (order: string): string => `${WARNED}
  order by ${order}
  limit $2
  offset $3`;

const PAGES = {
  dagId: { up: page("d.dag_id"), down: page("d.dag_id desc") },
  at: { up: page("v.created_at, d.dag_id"), down: page("v.created_at desc, d.dag_id") },
} as const;

interface WarnedSql {
  readonly dag_id: string;
  readonly at: Micros;
  readonly missing: readonly string[];
}

/** What is about present versions of active DAGs that will not work, a page by position. */
export async function listDagWarnings(
  pool: DatabasePool,
  { dagIds, by, descending, limit, offset }: Parameters<DagLists["listWarnings"]>[0],
): Promise<OffsetList<DagWarning>> {
  return await runGuarded(pool, "any", async (client) => {
    const { rows: counted } = await client.query<{ total: number }>(COUNT, [dagIds ?? null]);
    const statement = PAGES[by][descending ? "down" : "up"];
    const { rows } = await client.query<WarnedSql>(statement, [dagIds ?? null, limit, offset]);
    return { items: rows.map(warningFromSql), total: counted[0].total };
  });
}

function warningFromSql({ dag_id: dagId, at, missing }: WarnedSql): DagWarning {
  return { dagId, type: "non-existent pool", missingPools: missing, at };
}
