import type { DagLink, Overviews } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "../queries/run-guarded.ts";

// Primary keys of task_link, asset_outlet, dag_asset and dag; index task_link_by_other_dag. As many as DAG files declare.
const LINKS = `
  select x."from", x."to", x.via, x."taskId", x.uri
  from (
    select case l.does when 'triggers' then l.dag_id else l.other_dag_id end as "from",
      case l.does when 'triggers' then l.other_dag_id else l.dag_id end as "to",
      case l.does when 'triggers' then 'trigger' else 'sensor' end as via, l.task_id as "taskId", null::text as uri
    from millrace.task_link l
    join millrace.dag d on d.dag_id = l.dag_id and d.active
    where $1::text is null or l.dag_id = $1 or l.other_dag_id = $1
    union all
    select o.dag_id, a.dag_id, 'asset', o.task_id, o.uri
    from millrace.asset_outlet o
    join millrace.dag_asset a on a.uri = o.uri
    join millrace.dag p on p.dag_id = o.dag_id and p.active
    join millrace.dag c on c.dag_id = a.dag_id and c.active
    where $1::text is null or o.dag_id = $1 or a.dag_id = $1
  ) x
  order by x."from", x."to", x.via, x."taskId", x.uri
  limit $2`;

type LinkSql = Omit<DagLink, "uri"> & { readonly uri: string | null };

/** What starts, waits for or follows what, between DAGs. */
export async function listDagLinks(
  pool: DatabasePool,
  { dagId, limit }: Parameters<Overviews["listDagLinks"]>[0],
): Promise<readonly DagLink[]> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<LinkSql>(LINKS, [dagId ?? null, limit]));
  return rows.map(({ uri, ...link }) => ({ ...link, ...(uri !== null && { uri }) }));
}
