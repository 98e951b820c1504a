import type pg from "pg";
import { transaction, type DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "../queries/run-guarded.ts";
import { SAVE_LOCK_KEY } from "../queries/save-files.ts";

/** Versions that one transaction looks at: for each the tries of all runs of its DAG may be read. */
const AT_ONCE = 20;
const STATEMENT_TIMEOUT_MS = 300_000;

// Replaced a day ago: an owner that had not heard of the new version yet would make runs of the old one. The next version tells when that was.
const UNUSED = `
  with old as (
    select v.dag_id, v.version
    from millrace.dag_version v
    join millrace.dag d on d.dag_id = v.dag_id
    where v.version < d.version
      and exists (
        select
        from millrace.dag_version n
        where n.dag_id = v.dag_id and n.version > v.version and n.created_at < now() - interval '1 day'
      )
      and not exists (select from millrace.dag_run r where r.dag_id = v.dag_id and r.dag_version = v.version)
      and (v.dag_id, v.version) > ($1, $2)
    order by v.dag_id, v.version
    limit ${AT_ONCE}
  )
  select
    o.dag_id,
    o.version,
    -- Tries of cleared runs have versions of their own.
    not exists (
      select
      from millrace.dag_run r
      join millrace.task_instance t on t.run_id = r.run_id
      where r.dag_id = o.dag_id and t.dag_version = o.version
    )
    and not exists (
      select
      from millrace.dag_run r
      join millrace.task_try t on t.run_id = r.run_id
      where r.dag_id = o.dag_id and t.dag_version = o.version
    ) as unused
  from old o
  order by o.dag_id, o.version`;

const REMOVE = `
  delete from millrace.dag_version v
  using unnest($1::text[], $2::integer[]) u (dag_id, version)
  where v.dag_id = u.dag_id and v.version = u.version`;

const REMOVE_BUNDLES = `
  delete from millrace.bundle b
  where b.created_at < now() - interval '1 day'
    and not exists (select from millrace.dag_version v where v.bundle_hash = b.bundle_hash)
    and not exists (select from millrace.page p where p.bundle_hash = b.bundle_hash)`;

const KNOWN_BUNDLES = `
  select bundle_hash
  from millrace.bundle
  where bundle_hash = any ($1)`;

/** As {@link RetentionStore.removeVersions}. Waits for a save of DAG files, and they for it: a few versions at a time. */
export async function removeVersions(pool: DatabasePool): Promise<number> {
  let removed = 0;
  let after: { readonly dag_id: string; readonly version: number } | undefined = { dag_id: "", version: 0 };
  while (after !== undefined) {
    const from: { readonly dag_id: string; readonly version: number } = after;
    const step = await runGuarded(pool, "any", (client) =>
      transaction(client, () => removeSome(client, from), { statementTimeoutMs: STATEMENT_TIMEOUT_MS }),
    );
    removed += step.removed;
    after = step.last;
  }
  return removed;
}

/** Which bundles the database has: {@link RetentionStore.knownBundles}. */
export async function knownBundles(pool: DatabasePool, hashes: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<{ bundle_hash: string }>(KNOWN_BUNDLES, [hashes]),
  );
  return new Set(rows.map((row) => row.bundle_hash));
}

async function removeSome(
  client: pg.ClientBase,
  after: { readonly dag_id: string; readonly version: number },
): Promise<{
  readonly removed: number;
  readonly last: { readonly dag_id: string; readonly version: number } | undefined;
}> {
  await client.query("select pg_advisory_xact_lock($1)", [SAVE_LOCK_KEY]);
  type UnusedSql = { dag_id: string; version: number; unused: boolean };
  const { rows } = await client.query<UnusedSql>(UNUSED, [after.dag_id, after.version]);
  const unused = rows.filter((row) => row.unused);
  if (unused.length > 0)
    await client.query(REMOVE, [unused.map((row) => row.dag_id), unused.map((row) => row.version)]);
  if (rows.length < AT_ONCE) await client.query(REMOVE_BUNDLES);
  return { removed: unused.length, last: rows.length < AT_ONCE ? undefined : rows.at(-1) };
}
