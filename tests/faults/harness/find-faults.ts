// What must hold of a finished run whatever died while it ran. Each rule returns sentences about where it is broken.
import type { DatabasePool } from "@millrace/store";
import { nameOf, type FinalRun } from "./final-state.ts";
import type { Deed } from "./tell.ts";

const STATES = [
  ...["none", "scheduled", "queued", "running", "restarting", "deferred", "up_for_retry", "up_for_reschedule"],
  ...["success", "failed", "upstream_failed", "skipped", "removed"],
];

interface ChangeSql {
  readonly version: number;
  readonly changes: string;
  readonly counts: string;
}

type InstanceChange = readonly [taskId: string, mapIndex: number, state: string | null, tryNumber?: number];

/**
 * Everything that is wrong with a run, and with those that it started; nothing when all is well.
 *
 * @param times how often each instance was wanted: 2 after one clear.
 */
export async function findFaults(
  pool: DatabasePool,
  run: FinalRun,
  deeds: readonly Deed[],
  times = 1,
): Promise<readonly string[]> {
  const own = deeds.filter((deed) => deed.runKey === run.runKey);
  const faults = [
    ...(await findBrokenTries(pool, run.runId)),
    ...(await findBrokenChanges(pool, run.runId, times)),
    ...findDoubleStarts(own),
    ...findWrongResults(run, own),
  ];
  for (const follower of run.followers) faults.push(...(await findFaults(pool, follower, deeds)));
  return faults.map((fault) => (fault.startsWith(run.runKey) ? fault : `${run.runKey}: ${fault}`));
}

/** R8: no try without a cause; R3: a try number advances only when the try before is in history. */
async function findBrokenTries(pool: DatabasePool, runId: number): Promise<readonly string[]> {
  const { rows } = await pool.query<{ text: string }>(
    `select t.task_id || '[' || t.map_index || '] has ' || count(y) || ' earlier tries before try ' || t.try_number as text
      from millrace.task_instance t
      left join millrace.task_try y using (run_id, task_id, map_index)
      where t.run_id = $1
      group by t.run_id, t.task_id, t.map_index, t.try_number
      having count(y) <> greatest(0, t.try_number - 1)
    union all
    select 'no cause of try ' || try_number || ' of ' || task_id || '[' || map_index || '] in ' || state
      from millrace.task_try where run_id = $1 and cause is null and state <> 'success'
    union all
    select 'no cause of ' || task_id || '[' || map_index || '] in ' || state
      from millrace.task_instance where run_id = $1 and cause is null and state in ('failed', 'skipped', 'upstream_failed')
    union all
    select 'a dispatch is left of ' || task_id || '[' || map_index || '] in ' || state
      from millrace.task_instance where run_id = $1 and dispatch_id is not null`,
    [runId],
  );
  return rows.map((row) => row.text);
}

/** R2: versions have no gap, and each instance reaches its end once; the last counts are those of the rows. */
async function findBrokenChanges(pool: DatabasePool, runId: number, times: number): Promise<readonly string[]> {
  const { rows } = await pool.query<ChangeSql>(
    `select version, changes, counts from millrace.run_change where run_id = $1 order by version`,
    [runId],
  );
  const faults = rows.flatMap(({ version }, i) => (version === i + 1 ? [] : [`version ${version} at place ${i + 1}`]));
  const ends = new Map<string, number>();
  for (const { changes } of rows) {
    const { ti = [] } = JSON.parse(changes) as { ti?: readonly InstanceChange[] };
    for (const [task_id, map_index, state] of ti) {
      if (state !== "success") continue;
      const name = nameOf({ task_id, map_index });
      ends.set(name, (ends.get(name) ?? 0) + 1);
    }
  }
  for (const [name, counted] of ends) if (counted > times) faults.push(`${name} succeeded ${counted} times`);
  const { rows: found } = await pool.query<{ state: string; n: number }>(
    `select state::text, count(*)::int as n from millrace.task_instance where run_id = $1 group by state`,
    [runId],
  );
  const counted = STATES.map((state) => found.find((row) => row.state === state)?.n ?? 0).join();
  const told = rows.at(-1)?.counts ?? "";
  if (!`${counted},`.startsWith(`${told},`) || /[1-9]/.test(counted.slice(told.length)))
    faults.push(`the last change counts ${told}, the rows are ${counted}`);
  return faults;
}

/** A try is handed over again only under a new number: its body never starts twice. */
function findDoubleStarts(deeds: readonly Deed[]): readonly string[] {
  const starts = new Map<string, number>();
  for (const { phase, taskId, mapIndex, tryNumber } of deeds) {
    if (phase !== "start") continue;
    const key = `try ${tryNumber} of ${nameOf({ task_id: taskId, map_index: mapIndex })}`;
    starts.set(key, (starts.get(key) ?? 0) + 1);
  }
  return [...starts].flatMap(([key, times]) => (times > 1 ? [`${key} started ${times} times`] : []));
}

/** R9, R4: the result that counts was made by one call of the body, and nobody downstream ever saw another one. */
function findWrongResults({ nonces, state }: FinalRun, deeds: readonly Deed[]): readonly string[] {
  const accepted = new Set(Object.values(nonces));
  const faults: string[] = [];
  const byName = Map.groupBy(deeds, ({ taskId, mapIndex }) => nameOf({ task_id: taskId, map_index: mapIndex }));
  for (const [name, instance] of Object.entries(state.instances)) {
    const own = byName.get(name) ?? [];
    const made = own.filter(({ phase, nonce }) => phase === "end" && nonce === nonces[name]).length;
    if (nonces[name] !== undefined && made !== 1) faults.push(`the result of ${name} was made by ${made} calls`);
    if (
      instance.state === "success" &&
      own.length > 0 &&
      nonces[name] === undefined &&
      own.some(({ phase }) => phase === "end")
    )
      faults.push(`the result of ${name} is lost`);
    const wrong = own.flatMap(({ saw }) => saw).filter((nonce) => !accepted.has(nonce));
    if (wrong.length > 0) faults.push(`${name} saw a result that does not count`);
  }
  return faults;
}

/** Most bodies of a pool of one slot that were at work at once. A boot ends what ran before it. */
export function mostAtOnce(deeds: readonly Deed[], taskId: string): number {
  let open = 0;
  let most = 0;
  for (const deed of deeds) {
    if (deed.phase === "boot") open = 0;
    else if (deed.taskId === taskId && deed.phase === "start") open += 1;
    else if (deed.taskId === taskId && deed.phase === "end") open -= 1;
    most = Math.max(most, open);
  }
  return most;
}
