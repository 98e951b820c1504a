// One save at a time (a lock that ends with the transaction), so that versions are numbered 1, 2, 3 without gaps.
import type { AssetRule, EngineStore, FoundDag, FoundFile, Schedule } from "@millrace/core";
import type pg from "pg";
import { cleanJson, cleanText } from "../commit/text-rules.ts";
import { transaction, type DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";
import { listingOf } from "./version-listing.ts";
import { savePages } from "./save-pages.ts";
import { saveWebhooks } from "./webhooks.ts";

/** Who holds this lock changes versions and bundles alone. Any number that the migrations do not use ("save" in ASCII). */
export const SAVE_LOCK_KEY = 0x73617665;

/** Versions of one statement, which notes their tasks, too: a second of work, far from the time limit of statements. */
const VERSIONS_AT_ONCE = 250;

const BUNDLES = `
  insert into millrace.bundle (bundle_hash, file, code, source)
  select u.bundle_hash, u.file, u.code, u.source
  from unnest($1::text[], $2::text[], $3::text[], $4::text[]) u (bundle_hash, file, code, source)
  on conflict do nothing`;

const PRESENT = `
  select d.dag_id, d.version, d.active, d.file, v.bundle_hash, v.graph_hash, v.lock_hash
  from millrace.dag d
  join millrace.dag_version v on v.dag_id = d.dag_id and v.version = d.version
  where d.dag_id = any ($1)`;

const DAGS = `
  insert into millrace.dag (dag_id, file, paused, version, custom_times)
  select u.dag_id, u.file, u.paused, u.version, case when u.custom_times is not null then array(select t::bigint from json_array_elements_text(u.custom_times) t) end
  from json_to_recordset($1) u (dag_id text, file text, paused boolean, version integer, custom_times json)
  order by u.dag_id
  on conflict (dag_id) do update
  set file = excluded.file, version = excluded.version, custom_times = excluded.custom_times, active = true, seen_at = now()`;

const VERSIONS = `
  insert into millrace.dag_version (dag_id, version, bundle_hash, graph_hash, lock_hash, graph, tags, owners, pools, summary, settings)
  select u.dag_id, u.version, u.bundle_hash, u.graph_hash, u.lock_hash, u.graph,
    array(select json_array_elements_text(u.names -> 'tags')),
    array(select json_array_elements_text(u.names -> 'owners')),
    array(select json_array_elements_text(u.names -> 'pools')),
    u.summary,
    u.settings
  from unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::json[], $8::text[], $9::text[])
    u (dag_id, version, bundle_hash, graph_hash, lock_hash, graph, names, summary, settings)`;

const FORGET_ASSETS = "delete from millrace.dag_asset where dag_id = any ($1)";

const ASSETS = `
  insert into millrace.dag_asset (uri, dag_id)
  select u.uri, u.dag_id from unnest($1::text[], $2::text[]) u (uri, dag_id)
  on conflict do nothing`;

const FORGET_ACCESS = "delete from millrace.dag_access where dag_id = any ($1)";

const ACCESS = `
  insert into millrace.dag_access (dag_id, role, action)
  select u.dag_id, u.role, u.action from unnest($1::text[], $2::text[], $3::text[]) u (dag_id, role, action)
  on conflict do nothing`;

// A file that cannot be loaded keeps its DAGs: their last good version goes on.
const VANISHED = `
  update millrace.dag
  set active = false
  where active
    and dag_id <> all ($1)
    and file <> all ($2)
    and ($3 or file = any ($4))
  returning dag_id`;

const FORGET_ERRORS = `
  delete from millrace.import_error
  where file = any ($1) or ($2 and file <> all ($1))`;

const ERRORS = `
  insert into millrace.import_error (file, message, line, column_number, stack)
  select u.file, u.message, u.line, u.column_number, u.stack
  from json_to_recordset($1) u (file text, message text, line integer, column_number integer, stack text)`;

type SaveOptions = Parameters<EngineStore["saveFiles"]>[1];
type SavedDag = Awaited<ReturnType<EngineStore["saveFiles"]>>[number];

interface PresentRow {
  readonly dag_id: string;
  readonly version: number;
  readonly bundle_hash: string;
  readonly graph_hash: string;
  readonly lock_hash: string;
}

/**
 * Stores what the DAG processor found. A version is new when bundle, graph or lockfile differ from those of the DAG's present version.
 *
 * @param options.complete true when `files` are all files there are: DAGs and errors of other files go.
 * @returns every DAG found, with its version; `isNew` when this call made that version.
 */
export async function saveFiles(
  pool: DatabasePool,
  files: readonly FoundFile[],
  options: SaveOptions,
): Promise<readonly SavedDag[]> {
  return await runGuarded(pool, "any", (client) =>
    transaction(client, async () => {
      await client.query("select pg_advisory_xact_lock($1)", [SAVE_LOCK_KEY]);
      const dags = files.flatMap((file) => file.dags);
      await saveBundles(client, files);
      const saved = await saveDags(client, dags, options.pausedUponCreation);
      const vanished = await deactivate(client, files, options.complete);
      await savePages(client, files, options);
      await saveErrors(client, files, options.complete);
      if (vanished || saved.some((dag) => dag.isNew)) await client.query("select pg_notify('millrace_dags', '')");
      return saved;
    }),
  );
}

async function saveBundles(client: pg.ClientBase, files: readonly FoundFile[]): Promise<void> {
  const bundles = files.flatMap(({ file, bundle }) => (bundle === undefined ? [] : [{ file, ...bundle }]));
  if (bundles.length === 0) return;
  await client.query(BUNDLES, [
    bundles.map((b) => b.hash),
    bundles.map((b) => b.file),
    bundles.map((b) => b.code),
    bundles.map((b) => b.source),
  ]);
}

async function saveDags(
  client: pg.ClientBase,
  dags: readonly FoundDag[],
  pausedUponCreation: boolean,
): Promise<readonly SavedDag[]> {
  if (dags.length === 0) return [];
  const { rows } = await client.query<PresentRow>(PRESENT, [dags.map((dag) => dag.dagId)]);
  const present = new Map(rows.map((row) => [row.dag_id, row]));
  const saved = dags.map((dag) => ({ dag, ...versionOf(dag, present.get(dag.dagId)) }));
  const rowsOfDags = saved.map(({ dag, version }) => ({
    dag_id: dag.dagId,
    file: dag.file,
    paused: dag.graph.dag.pausedUponCreation ?? pausedUponCreation,
    version,
    custom_times: dag.customTimes?.flatMap(({ logicalDate, intervalStart, intervalEnd, runAfter }) => [
      logicalDate,
      intervalStart,
      intervalEnd,
      runAfter,
    ]),
  }));
  await client.query(DAGS, [JSON.stringify(rowsOfDags)]);
  const fresh = saved.filter(({ isNew }) => isNew);
  for (let at = 0; at < fresh.length; at += VERSIONS_AT_ONCE)
    await saveVersions(client, fresh.slice(at, at + VERSIONS_AT_ONCE));
  return saved.map(({ dag, version, isNew }) => ({ dagId: dag.dagId, version, isNew }));
}

async function saveVersions(
  client: pg.ClientBase,
  fresh: readonly { readonly dag: FoundDag; readonly version: number }[],
): Promise<void> {
  const column = (pick: (dag: FoundDag) => string): string[] => fresh.map(({ dag }) => pick(dag));
  const ids = column((dag) => dag.dagId);
  const listings = fresh.map(({ dag }) => listingOf(dag.graph));
  await client.query(VERSIONS, [
    ids,
    fresh.map(({ version }) => version),
    column((dag) => dag.bundleHash),
    column((dag) => dag.graphHash),
    column((dag) => dag.lockHash),
    column((dag) => cleanJson(dag.graph)),
    listings.map(({ tags, owners, pools }) => JSON.stringify({ tags, owners, pools })),
    listings.map(({ summary }) => summary),
    column((dag) => cleanJson(dag.graph.dag)),
  ]);
  await client.query(FORGET_ASSETS, [ids]);
  const waits = fresh.flatMap(({ dag }) => assetsOf(dag.graph.dag.schedule).map((uri) => ({ uri, dagId: dag.dagId })));
  if (waits.length > 0) await client.query(ASSETS, [waits.map((wait) => wait.uri), waits.map((wait) => wait.dagId)]);
  await saveAccess(client, fresh);
  await saveWebhooks(
    client,
    fresh.map(({ dag }) => dag),
  );
}

async function saveAccess(client: pg.ClientBase, fresh: readonly { readonly dag: FoundDag }[]): Promise<void> {
  await client.query(FORGET_ACCESS, [fresh.map(({ dag }) => dag.dagId)]);
  const given = fresh.flatMap(({ dag: { dagId, graph } }) =>
    Object.entries(graph.dag.accessControl ?? {}).flatMap(([role, actions]) =>
      actions.map((action) => ({ dagId, role, action })),
    ),
  );
  if (given.length === 0) return;
  await client.query(ACCESS, [
    given.map(({ dagId }) => dagId),
    given.map(({ role }) => role),
    given.map(({ action }) => action),
  ]);
}

function versionOf(dag: FoundDag, present: PresentRow | undefined): { version: number; isNew: boolean } {
  if (present === undefined) return { version: 1, isNew: true };
  const same =
    present.bundle_hash === dag.bundleHash &&
    present.graph_hash === dag.graphHash &&
    present.lock_hash === dag.lockHash;
  return { version: same ? present.version : present.version + 1, isNew: !same };
}

function assetsOf(schedule: Schedule): readonly string[] {
  return schedule.kind === "assets" || schedule.kind === "assetsOrTime" ? [...new Set(urisOf(schedule.rule))] : [];
}

function urisOf(rule: AssetRule): readonly string[] {
  if ("asset" in rule) return [rule.asset];
  return ("any" in rule ? rule.any : rule.all).flatMap(urisOf);
}

async function deactivate(client: pg.ClientBase, files: readonly FoundFile[], complete: boolean): Promise<boolean> {
  const found = files.flatMap((file) => file.dags.map((dag) => dag.dagId));
  const broken = files.filter((file) => file.errors.length > 0).map((file) => file.file);
  const { rowCount } = await client.query(VANISHED, [found, broken, complete, files.map((file) => file.file)]);
  return (rowCount ?? 0) > 0;
}

async function saveErrors(client: pg.ClientBase, files: readonly FoundFile[], complete: boolean): Promise<void> {
  await client.query(FORGET_ERRORS, [files.map((file) => file.file), complete]);
  const errors = files.flatMap((file) => file.errors);
  if (errors.length === 0) return;
  const rows = errors.map((error) => ({
    file: error.file,
    message: cleanText(error.message),
    line: error.line,
    column_number: error.column,
    stack: error.stack === undefined ? undefined : cleanText(error.stack),
  }));
  await client.query(ERRORS, [JSON.stringify(rows)]);
}
