import {
  TASK_STATES,
  type FoundInstance,
  type InstanceSearch,
  type Micros,
  type Page,
  type PageRequest,
  type RunState,
} from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { among, conditions, within, type Condition, type Conditions } from "../queries/conditions.ts";
import { UNFINISHED } from "../queries/indexed-states.ts";
import { inGraph } from "../queries/list-instances-by-offset.ts";
import { instanceOf, type InstanceSql } from "../queries/list-task-instances.ts";
import { keyAfter, limitOf, pageAfter, pageOf } from "../queries/page.ts";
import { runGuarded } from "../queries/run-guarded.ts";

/** What a page looks at: there is no index for every filter, so that what is rare is looked for in parts. */
const RUNS_LOOKED_AT = 2_000;
const INSTANCES_LOOKED_AT = 20_000;

/** States that no instance of an ended run is in: the end of a run ends them. */
const IN_WORK = new Set<string>([
  "scheduled",
  "queued",
  "running",
  "restarting",
  "deferred",
  "up_for_retry",
  "up_for_reschedule",
]);

const ORDER = "r.run_id desc, t.task_id, t.map_index";
const BEFORE_ALL_MAP_INDEXES = -2;

type Key = readonly [runId: number, taskId: string, mapIndex: number];

type FoundSql = Omit<InstanceSql, "rendered"> & {
  readonly dag_id: string;
  readonly run_key: string;
  readonly run_state: RunState;
  readonly logical_date: Micros;
  readonly run_version: number;
};

/** Task instances of all runs that fit; see `Overviews.searchInstances`. */
export async function searchInstances(
  pool: DatabasePool,
  request: PageRequest & InstanceSearch,
): Promise<Page<FoundInstance>> {
  const limit = limitOf(request);
  const { runs, looked, fitting } = searchOf(request, keyAfter<Key>(request));
  const page = `
  select t.run_id, t.task_id, t.map_index, t.map_name, t.state, t.try_number, t.max_tries, t.dag_version, t.queued_at, t.started_at, t.ended_at, t.due_at,
    t.worker_id, t.cause, r.dag_id, r.run_key, r.state as run_state, r.logical_date, r.dag_version as run_version
  from (${looked.text}) k
  join millrace.dag_run r on r.run_id = k.run_id
  join millrace.task_instance t on t.run_id = k.run_id and t.task_id = k.task_id and t.map_index = k.map_index
  ${fitting.text}
  order by ${ORDER}
  limit $${looked.values.length + fitting.values.length + 1}`;
  return await runGuarded(pool, "any", async (client) => {
    const { rows } = await client.query<FoundSql>(page, [...looked.values, ...fitting.values, limit + 1]);
    if (rows.length > limit)
      return pageOf(rows, limit, { item: foundOf, key: (row) => [row.run_id, row.task_id, row.map_index] });
    const items = rows.map(foundOf);
    type KeySql = { readonly run_id: number; readonly task_id: string; readonly map_index: number };
    const { rows: instances } = await client.query<KeySql>(`${looked.text} offset ${INSTANCES_LOOKED_AT - 1}`, [
      ...looked.values,
    ]);
    const [end] = instances;
    if (end) return { items, next: pageAfter([end.run_id, end.task_id, end.map_index]) };
    const { rows: ends } = await client.query<{ readonly run_id: number }>(
      `${runs.text} offset ${RUNS_LOOKED_AT - 1}`,
      [...runs.values],
    );
    const [endRun] = ends;
    return { items, ...(endRun && { next: pageAfter([endRun.run_id - 1, "", BEFORE_ALL_MAP_INDEXES]) }) };
  });
}

/** The runs that a page looks at, their instances, and what must hold for those: each continues the parameters of the one before. */
function searchOf(
  request: InstanceSearch,
  key: Key | undefined,
): { readonly runs: Conditions; readonly looked: Conditions; readonly fitting: Conditions } {
  const { dagId, runKey, taskId, states, startedAt, endedAt } = request;
  const isLive = states?.every((state) => IN_WORK.has(state)) || undefined;
  // Primary key, backwards; of one DAG index dag_run_by_dag, of unfinished runs dag_run_live, of one run its key.
  const ofRuns = conditions([
    ["r.run_id <= ?", key?.[0]],
    ["r.dag_id = ?", dagId],
    ["r.run_key = ?", dagId === undefined ? undefined : runKey],
    [UNFINISHED, isLive],
  ]);
  const runs = `select r.run_id, r.dag_id, r.run_key, r.ended_at
    from millrace.dag_run r ${ofRuns.text} order by r.run_id desc limit ${RUNS_LOOKED_AT}`;
  // Nothing of a run starts or ends after its end.
  const ended: Condition = [
    "(r.ended_at is null or r.ended_at >= millrace.instant(?))",
    startedAt?.from ?? endedAt?.from,
  ];
  const kept = conditions(
    [among("r.dag_id", request.dagIds), ["r.run_key = ?", runKey], ended, hasStates(states)],
    ofRuns.values.length,
  );
  const ofInstances = conditions(
    [
      [
        "(r.run_id < (?::json ->> 0)::bigint or (t.task_id, t.map_index) > (?::json ->> 1, (?::json ->> 2)::integer))",
        key && JSON.stringify(key),
      ],
      ["t.task_id = ?", taskId],
    ],
    ofRuns.values.length + kept.values.length,
  );
  const inRun = ofInstances.text.replace(/^where/, "and");
  const looked = `select r.run_id, t.task_id, t.map_index
    from (select * from (${runs}) r ${kept.text} order by r.run_id desc) r
    cross join lateral (
      select t.task_id, t.map_index
      from millrace.task_instance t
      where t.run_id = r.run_id ${inRun}
      order by t.run_id, t.task_id, t.map_index
      limit ${INSTANCES_LOOKED_AT}
    ) t
    order by ${ORDER}
    limit ${INSTANCES_LOOKED_AT}`;
  const values = [...ofRuns.values, ...kept.values, ...ofInstances.values];
  return {
    runs: { text: runs, values: ofRuns.values },
    looked: { text: looked, values },
    fitting: conditions(instanceConditions(request), values.length),
  };
}

function instanceConditions(request: InstanceSearch): readonly Condition[] {
  const { dagId, dagIds, pool, queue, states, seconds } = request;
  const ofDags = dagId === undefined ? dagIds : [dagId];
  const graph = {
    ...(ofDags && { dagIds: ofDags }),
    ...(pool !== undefined && { pools: [pool] }),
    ...(queue !== undefined && { queues: [queue] }),
  };
  const took = "extract(epoch from t.ended_at - t.started_at)";
  return [
    ["t.state = any (?::text[]::millrace.task_state[])", states],
    ...within("t.started_at", request.startedAt),
    ...within("t.ended_at", request.endedAt),
    [`${took} >= ?`, seconds?.from],
    [`${took} <= ?`, seconds?.to],
    inGraph("pool", graph),
    inGraph("queue", graph),
  ];
}

/** Counts per state are kept with each change (R2): one probe tells whether a run has any in these states. */
function hasStates(states: InstanceSearch["states"]): Condition {
  const codes = states?.map((state) => TASK_STATES.indexOf(state) + 1);
  return [
    `exists (
      select from unnest(string_to_array(millrace.newest_counts(r.run_id), ',')) with ordinality n (count, code)
      where n.code = any (?::integer[]) and n.count <> '0')`,
    codes,
  ];
}

function foundOf(row: FoundSql): FoundInstance {
  return {
    ...instanceOf({ ...row, rendered: null }),
    run: {
      runId: row.run_id,
      dagId: row.dag_id,
      runKey: row.run_key,
      state: row.run_state,
      logicalDate: row.logical_date,
      dagVersion: row.run_version,
    },
  };
}
