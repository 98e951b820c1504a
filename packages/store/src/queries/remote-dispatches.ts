// R3. Whether a dispatch is alive is read from its task instance, by its primary key, in the statement that answers for it.
import type {
  Claim,
  Dispatch,
  DispatchReview,
  LiveDispatch,
  Micros,
  RemoteDispatches,
  TaskState,
} from "@millrace/core";
import { cleanText } from "../commit/text-rules.ts";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

const PUT = `
  insert into millrace.remote_dispatch (dispatch_id, run_id, map_index, task_id, dispatch)
  select * from unnest($1::uuid[], $2::bigint[], $3::integer[], $4::text[], $5::text[])
  on conflict do nothing`;

// R9. A worker may ask twice, because an answer was lost; once the start is committed its code may have run, and nobody starts it again.
// Locks the one row. Primary keys of remote_dispatch and of task_instance.
const CLAIM = `
  update millrace.remote_dispatch d
  set claimed_by = $2, heartbeat_at = now()
  from millrace.task_instance t
  where d.dispatch_id = $1 and (d.claimed_by is null or d.claimed_by = $2 and t.state = 'queued') and d.stop_reason is null
    and t.run_id = d.run_id and t.task_id = d.task_id and t.map_index = d.map_index and t.dispatch_id = d.dispatch_id
  returning d.dispatch`;

const FIND = `
  select d.dispatch, d.claimed_by, d.stop_reason, t.state::text as state
  from millrace.remote_dispatch d
  join millrace.task_instance t
    on t.run_id = d.run_id and t.task_id = d.task_id and t.map_index = d.map_index and t.dispatch_id = d.dispatch_id
  where d.dispatch_id = $1`;

// The commit of a heartbeat need not reach the disk: losing one is as if it had not been sent.
const HEARTBEAT = `
  update millrace.remote_dispatch d
  set heartbeat_at = now()
  from millrace.task_instance t, (select set_config('synchronous_commit', 'off', true)) lazy
  where d.dispatch_id = $1
    and t.run_id = d.run_id and t.task_id = d.task_id and t.map_index = d.map_index and t.dispatch_id = d.dispatch_id
  returning d.dispatch, d.claimed_by, d.stop_reason, t.state::text as state`;

const REQUEST_STOP = `
  update millrace.remote_dispatch
  set stop_reason = coalesce(stop_reason, $2)
  where dispatch_id = any ($1::uuid[])`;

const FORGET_ENDED = `
  delete from millrace.remote_dispatch d
  where d.dispatch_id = any ($1::uuid[])
    and not exists (
      select
      from millrace.task_instance t
      where t.run_id = d.run_id and t.task_id = d.task_id and t.map_index = d.map_index and t.dispatch_id = d.dispatch_id
    )`;

// What executors have left behind that are gone. The table has a row for each dispatch that is alive, and few more.
const FORGET_OLD = `
  delete from millrace.remote_dispatch d
  where d.at < now() - interval '1 hour'
    and not exists (
      select
      from millrace.task_instance t
      where t.run_id = d.run_id and t.task_id = d.task_id and t.map_index = d.map_index and t.dispatch_id = d.dispatch_id
    )`;

const REVIEW = `
  select replace(d.dispatch_id::text, '-', '') as dispatch_id,
    d.heartbeat_at < now() - $2::bigint * interval '1 microsecond' as is_silent,
    d.claimed_by is null and d.stop_reason is not null as is_unclaimed_stop
  from millrace.remote_dispatch d
  where d.dispatch_id = any ($1::uuid[])`;

const DAG_OF_RUN = `
  select dag_id
  from millrace.dag_run
  where run_id = $1`;

/** Random 128 bits in hex: whatever else a stranger sends is no dispatch, and no error of the database's. */
const DISPATCH_ID = /^[0-9a-f]{32}$/;

/** Old rows are looked for once in so many puts. */
const PUTS_PER_LOOK = 1_000;

/** Dispatches for workers elsewhere, in the table remote_dispatch. */
export function makeRemoteDispatches(pool: DatabasePool): RemoteDispatches {
  let puts = 0;
  return {
    async put(dispatches) {
      await put(pool, dispatches);
      if (puts % PUTS_PER_LOOK === 0) await runGuarded(pool, "any", (client) => client.query(FORGET_OLD));
      puts += 1;
    },
    claim: (dispatchId, workerId) => claim(pool, dispatchId, workerId),
    find: (dispatchId) => findLive(pool, FIND, dispatchId),
    heartbeat: (dispatchId) => findLive(pool, HEARTBEAT, dispatchId),
    requestStop: async (dispatchIds, reason) => {
      await runGuarded(pool, "any", (client) => client.query(REQUEST_STOP, [dispatchIds, cleanText(reason)]));
    },
    review: (dispatchIds, silentMicros) => review(pool, dispatchIds, silentMicros),
    findDagOfRun: async (runId) => {
      const { rows } = await runGuarded(pool, "any", (client) => client.query<{ dag_id: string }>(DAG_OF_RUN, [runId]));
      return rows[0]?.dag_id;
    },
  };
}

async function put(pool: DatabasePool, dispatches: readonly Dispatch[]): Promise<void> {
  const values = [
    dispatches.map(({ dispatchId }) => dispatchId),
    dispatches.map(({ run }) => run.runId),
    dispatches.map(({ mapIndex }) => mapIndex),
    dispatches.map(({ taskId }) => taskId),
    dispatches.map((dispatch) => JSON.stringify(dispatch)),
  ];
  await runGuarded(pool, "any", (client) => client.query(PUT, values));
}

async function claim(pool: DatabasePool, dispatchId: string, workerId: string): Promise<Claim> {
  if (!DISPATCH_ID.test(dispatchId)) return { kind: "dead" };
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<{ dispatch: string }>(CLAIM, [dispatchId, cleanText(workerId)]),
  );
  if (rows[0] !== undefined) return { kind: "claimed", dispatch: JSON.parse(rows[0].dispatch) as Dispatch };
  const live = await findLive(pool, FIND, dispatchId);
  return live && live.stop === undefined ? { kind: "taken" } : { kind: "dead" };
}

interface LiveSql {
  readonly dispatch: string;
  readonly claimed_by: string | null;
  readonly stop_reason: string | null;
  readonly state: TaskState;
}

async function findLive(pool: DatabasePool, statement: string, dispatchId: string): Promise<LiveDispatch | undefined> {
  if (!DISPATCH_ID.test(dispatchId)) return undefined;
  const { rows } = await runGuarded(pool, "any", (client) => client.query<LiveSql>(statement, [dispatchId]));
  const [row] = rows as readonly (LiveSql | undefined)[];
  return (
    row && {
      dispatch: JSON.parse(row.dispatch) as Dispatch,
      state: row.state,
      ...(row.claimed_by !== null && { claimedBy: row.claimed_by }),
      ...(row.stop_reason !== null && { stop: row.stop_reason }),
    }
  );
}

async function review(
  pool: DatabasePool,
  dispatchIds: readonly string[],
  silentMicros: Micros,
): Promise<DispatchReview> {
  type ReviewSql = { dispatch_id: string; is_silent: boolean | null; is_unclaimed_stop: boolean };
  const rows = await runGuarded(pool, "any", async (client) => {
    await client.query(FORGET_ENDED, [dispatchIds]);
    return (await client.query<ReviewSql>(REVIEW, [dispatchIds, silentMicros])).rows;
  });
  const known = new Set(rows.map((row) => row.dispatch_id));
  return {
    ended: dispatchIds.filter((dispatchId) => !known.has(dispatchId)),
    silent: rows.filter((row) => row.is_silent === true).map((row) => row.dispatch_id),
    unclaimedStops: rows.filter((row) => row.is_unclaimed_stop).map((row) => row.dispatch_id),
  };
}
