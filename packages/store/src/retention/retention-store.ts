import type { DagRetention, RetentionPolicy, RetentionStore } from "@millrace/core";
import { copyOut } from "../postgres/copy.ts";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "../queries/run-guarded.ts";
import { FOLD_MOST, foldTotals } from "../queries/totals.ts";
import { removeOldOutsideEvents } from "./clean.ts";
import { findExpired } from "./find-expired.ts";
import { keptSegments, longestTry } from "./kept-segments.ts";
import { removeAnswers } from "./remove-answers.ts";
import { removeAudit } from "./remove-audit.ts";
import { removeDeliveries } from "./remove-deliveries.ts";
import { removeRuns } from "./remove-runs.ts";
import { knownBundles, removeVersions } from "./remove-versions.ts";
import { dropPartitions, sweepRows } from "./sweep-rows.ts";

const CLAIM = `
  update millrace.retention_round
  set held_by = $1, held_until = now() + interval '10 minutes'
  where held_by = $1 or held_until <= now()`;

const RELEASE = "update millrace.retention_round set held_until = now() where held_by = $1";

const EXISTING = `
  select run_id
  from millrace.dag_run
  where run_id = any ($1)`;

const DAGS = `
  select d.dag_id, d.version, (v.graph::json -> 'dag' -> 'retention')::text as retention, u.version is not null as known
  from millrace.dag d
  left join unnest($1::text[], $2::integer[]) u (dag_id, version) on u.dag_id = d.dag_id and u.version = d.version
  left join millrace.dag_version v on v.dag_id = d.dag_id and v.version = d.version and u.version is null
  order by d.dag_id`;

const WITH_BLOBS = `
  select run_id
  from millrace.run_removal
  where not blobs_gone
  order by run_id
  limit $1`;

const BLOBS_GONE = "update millrace.run_removal set blobs_gone = true where run_id = any ($1)";

/** Tables that an archive has, each with a column run_id. */
const ARCHIVED_TABLES = [
  "dag_run",
  "task_instance",
  "task_try",
  "xcom",
  "run_change",
  "asset_event",
  "run_asset_event",
  "run_note",
  "task_note",
  "callback_end",
] as const;

/** Retention's side of a database: {@link RetentionStore}. */
export function makeRetentionStore(pool: DatabasePool): RetentionStore {
  return {
    archivedTables: ARCHIVED_TABLES,
    claim: async (holder) => (await runGuarded(pool, "any", (client) => client.query(CLAIM, [holder]))).rowCount === 1,
    release: async (holder) => {
      await runGuarded(pool, "any", (client) => client.query(RELEASE, [holder]));
    },
    existingRuns: async (runIds) => {
      const found = await runGuarded(pool, "any", (client) => client.query<{ run_id: number }>(EXISTING, [runIds]));
      return new Set(found.rows.map((row) => row.run_id));
    },
    dagRetentions: (known) => dagRetentions(pool, known),
    findExpired: (limits, most) => findExpired(pool, limits, { most }),
    exportRows: (table, runIds, write) => exportRows(pool, { table, runIds }, write),
    removeRuns: (runs) => removeRuns(pool, runs),
    removeOutsideEvents: (ageMicros) => removeOldOutsideEvents(pool, ageMicros),
    removeDeliveries: (ageMicros) => removeDeliveries(pool, ageMicros),
    removeAudit: (ageMicros) => removeAudit(pool, ageMicros),
    removeAnswers: () => removeAnswers(pool),
    foldTotals: async () => {
      const rows = await foldTotals(pool);
      // Commits go on adding some: only a full step says that many are left.
      return { rows, isMore: rows >= FOLD_MOST };
    },
    dropPartitions: () => dropPartitions(pool),
    sweepRows: (patienceMicros) => sweepRows(pool, patienceMicros),
    runsWithBlobs: async (most) => {
      const found = await runGuarded(pool, "any", (client) => client.query<{ run_id: number }>(WITH_BLOBS, [most]));
      return found.rows.map((row) => row.run_id);
    },
    blobsGone: async (runIds) => {
      await runGuarded(pool, "any", (client) => client.query(BLOBS_GONE, [runIds]));
    },
    removeVersions: () => removeVersions(pool),
    knownBundles: (hashes) => knownBundles(pool, hashes),
    longestTry: () => longestTry(pool),
    keptSegments: (limits, afterRunId) => keptSegments(pool, limits, afterRunId),
  };
}

async function dagRetentions(pool: DatabasePool, known: ReadonlyMap<string, number>): Promise<readonly DagRetention[]> {
  type DagSql = { dag_id: string; version: number; retention: string | null; known: boolean };
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<DagSql>(DAGS, [[...known.keys()], [...known.values()]]),
  );
  return rows.map((row) => ({
    dagId: row.dag_id,
    version: row.version,
    ...(!row.known && { retention: JSON.parse(row.retention ?? "{}") as Partial<RetentionPolicy> }),
  }));
}

/** As {@link RetentionStore.exportRows}. COPY takes no parameters, so what goes into its text is checked to be what it says. */
async function exportRows(
  pool: DatabasePool,
  { table, runIds }: { readonly table: string; readonly runIds: readonly number[] },
  write: (chunk: Buffer) => Promise<void>,
): Promise<void> {
  const name = ARCHIVED_TABLES.find((each) => each === table);
  if (name === undefined || !runIds.every(Number.isSafeInteger)) throw new Error(`no archive has ${table}`);
  if (runIds.length === 0) return;
  // JSON escapes control characters: with one as the quote, a line is the row's JSON as it is.
  const statement = `copy (select to_json(t)::text from millrace.${name} t where run_id in (${runIds.join(", ")}))
    to stdout (format csv, quote E'\\x01', delimiter E'\\x02')`;
  await runGuarded(pool, "any", async (client) => {
    for await (const chunk of copyOut(client, statement)) await write(chunk);
  });
}
