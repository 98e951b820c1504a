import type { DatabasePool } from "@millrace/store";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Told } from "./tell.ts";

/** A try that ended without the task's doing: it is the only difference that a kill may make. */
const LOST = new Set(["SCHEDULER_ENDED", "PROCESS_DIED"]);

/** How a task instance ended, without anything that differs from run to run. */
export interface FinalInstance {
  readonly state: string;
  readonly cause: string | null;
  readonly choice: string | null;
  readonly value: unknown;
  /** How earlier tries ended, by the code of their cause, the lost ones left out. */
  readonly earlier: readonly string[];
  readonly retriesLeft: number;
}

/** How a run ended, comparable with another run of its DAG. */
export interface FinalState {
  readonly state: string;
  readonly cause: string | null;
  readonly instances: Readonly<Record<string, FinalInstance>>;
  readonly xcoms: readonly string[];
  readonly assetEvents: readonly string[];
  /** Callbacks that were carried out: `task[index] event`. */
  readonly callbacks: readonly string[];
  /** Runs that its asset events started. */
  readonly followers: readonly FinalState[];
}

/** A finished run with its rows. */
export interface FinalRun {
  readonly runId: number;
  readonly runKey: string;
  readonly state: FinalState;
  /** Nonces of the results that count, by instance. */
  readonly nonces: Readonly<Record<string, string>>;
  /** Why tries were lost: `task[index] try code`. */
  readonly lost: readonly string[];
  readonly followers: readonly FinalRun[];
}

interface InstanceSql {
  readonly task_id: string;
  readonly map_index: number;
  readonly state: string;
  readonly try_number: number;
  readonly max_tries: number;
  readonly cause: string | null;
  readonly choice: string | null;
  readonly result: string | null;
  readonly dispatch_id: string | null;
}

interface TrySql {
  readonly state: string;
  readonly task_id: string;
  readonly map_index: number;
  readonly try_number: number;
  readonly cause: string | null;
}

/** What a run, and what it started, still waits for; nothing when all is over. */
export async function findUnfinished(pool: DatabasePool, runKey: string): Promise<readonly string[]> {
  const { rows } = await pool.query<{ text: string }>(
    `with own as (select run_id, state from millrace.dag_run where run_key = $1),
      followers as (select r.run_id, r.state from millrace.dag_run r join millrace.run_asset_event e using (run_id) join own on own.run_id = e.source_run_id),
      runs as (select * from own union select * from followers)
    select 'the run' as text where not exists (select from own)
    union all select 'run ' || run_id || ' in ' || state from runs where state not in ('success', 'failed')
    union all select task_id || '[' || map_index || '] in ' || t.state from millrace.task_instance t join runs using (run_id)
      where runs.state not in ('success', 'failed') and t.state not in ('none', 'success', 'failed', 'skipped', 'upstream_failed')
    union all select 'asset event ' || q.uri from millrace.asset_queue q join own on own.run_id = q.source_run_id
    union all select 'callback ' || o.event || ' of ' || coalesce(o.task_id, 'the run') from millrace.outbox o join runs using (run_id)`,
    [runKey],
  );
  return rows.map((row) => row.text);
}

/** Reads a finished run, and those that its assets started. */
export async function readRun(pool: DatabasePool, folder: string, runKey: string): Promise<FinalRun> {
  const { rows } = await pool.query<{ run_id: number; state: string; cause: string | null }>(
    `select run_id, state, cause from millrace.dag_run where run_key = $1`,
    [runKey],
  );
  const [{ run_id: runId, state, cause }] = rows;
  const ofRun = async <T extends object>(text: string): Promise<T[]> => (await pool.query<T>(text, [runId])).rows;
  const tries = await ofRun<TrySql>(`select * from millrace.task_try where run_id = $1 order by try_number`);
  const instances: Record<string, FinalInstance> = {};
  const nonces: Record<string, string> = {};
  const lost: string[] = [];
  for (const row of await ofRun<InstanceSql>(`select * from millrace.task_instance where run_id = $1`)) {
    const own = tries.filter(({ task_id, map_index }) => task_id === row.task_id && map_index === row.map_index);
    const codes = own.map((each) => codeOf(each.cause) ?? each.state);
    const value = await valueOf(row.result, folder);
    if (isTold(value)) nonces[nameOf(row)] = value.nonce;
    lost.push(...codes.flatMap((code, i) => (LOST.has(code) ? [`${nameOf(row)} ${i + 1} ${code}`] : [])));
    instances[nameOf(row)] = {
      state: row.state,
      cause: codeOf(row.cause),
      choice: row.choice,
      value: isTold(value) ? value.value : value,
      earlier: codes.filter((code) => !LOST.has(code)),
      retriesLeft: row.max_tries - row.try_number,
    };
  }
  const xcoms = await ofRun<{ text: string }>(
    `select task_id || ' ' || key || ' ' || json as text from millrace.xcom where run_id = $1 order by 1`,
  );
  const events = await ofRun<{ text: string }>(
    `select task_id || ' ' || uri || ' ' || extra as text from millrace.asset_event where run_id = $1 order by 1`,
  );
  const callbacks = await ofRun<{ text: string }>(
    `select scope || ' ' || coalesce(task_id, '') || ' ' || event || case when ok then '' else ' failed' end as text from millrace.callback_end where run_id = $1 order by 1`,
  );
  const next = await ofRun<{ run_key: string }>(
    `select r.run_key from millrace.run_asset_event e join millrace.dag_run r using (run_id) where e.source_run_id = $1 order by 1`,
  );
  const followers: FinalRun[] = [];
  for (const { run_key } of next) followers.push(await readRun(pool, folder, run_key));
  const text = (row: { text: string }): string => row.text;
  return {
    runId,
    runKey,
    nonces,
    lost,
    followers,
    state: {
      state,
      cause: codeOf(cause),
      instances,
      xcoms: xcoms.map(text),
      assetEvents: events.map(text),
      callbacks: callbacks.map(text),
      followers: followers.map((follower) => follower.state),
    },
  };
}

/** `task` or `task[index]`. */
export function nameOf({ task_id, map_index }: Pick<InstanceSql, "task_id" | "map_index">): string {
  return map_index < 0 ? task_id : `${task_id}[${map_index}]`;
}

function codeOf(cause: string | null): string | null {
  return cause === null ? null : (JSON.parse(cause) as { code: string }).code;
}

async function valueOf(result: string | null, folder: string): Promise<unknown> {
  if (result === null) return null;
  const value = JSON.parse(result) as unknown;
  if (typeof value !== "object" || value === null || !("blob" in value)) return value;
  const stored = await readFile(join(folder, ".millrace/blobs", String(value.blob)), "utf8");
  return JSON.parse((JSON.parse(stored) as { json: string }).json);
}

function isTold(value: unknown): value is Told {
  return typeof value === "object" && value !== null && "nonce" in value;
}
