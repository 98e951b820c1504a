/** Runs that hold slots are looked at up to here; each holds one at least. */
const MOST_BUSY_RUNS = 5_000;
/** Map indexes of instances that are not decided, whose neighbours of the same index are read. */
const MAP_INDEXES = 16;
/** Failed runs in a row are counted up to here. */
const MOST_FAILED_RUNS = 100;
const SHOWN_RUNS = 5;

const INSTANCE = `t.task_id as "taskId", t.map_index as "mapIndex", t.state, t.try_number as "tryNumber", t.max_tries as "maxTries",
        millrace.micros(t.queued_at) as "queuedAt", millrace.micros(t.started_at) as "startedAt",
        millrace.micros(t.first_started_at) as "firstStartedAt", millrace.micros(t.ended_at) as "endedAt", millrace.micros(t.due_at) as "dueAt",
        t.worker_id as "workerId", t.cause`;

/** Counts a run's instances by task and state: one pass over its rows in the order of the primary key. Removed map indexes are nobody's. */
const grouped = (runId: string): string => `
    select t.task_id, t.state, count(*)::integer as count, min(t.map_index) as map_index
    from millrace.task_instance t
    where t.run_id = ${runId} and (t.map_index < 0 or t.state <> 'removed')
    group by t.task_id, t.state`;

/** The instance that speaks for each group: the primary key of task_instance, once for each. */
const groups = (from: string, runId: string): string => `(
      select json_strip_nulls(json_agg(row_to_json(x)))
      from ${from} g
      cross join lateral (
        select ${INSTANCE}, g.count
        from millrace.task_instance t
        where t.run_id = ${runId} and t.task_id = g.task_id and t.map_index = g.map_index
        offset 0
      ) x
    )`;

/** Instances of the map indexes that matter, of all tasks: the primary key again. */
const instances = (from: string, runId: string): string => `(
      select json_strip_nulls(json_agg(row_to_json(x)))
      from (select distinct task_id from ${from}) g
      cross join wanted_index w
      cross join lateral (
        select ${INSTANCE}
        from millrace.task_instance t
        where t.run_id = ${runId} and t.task_id = g.task_id and t.map_index = w.map_index and t.state <> 'removed'
        offset 0
      ) x
    )`;

/**
 * Everything that is asked for in one statement: $1 DAG, $2 run or null, $3 map index.
 *
 * Indexes: primary keys of dag, dag_version, dag_run, task_instance and run_change; dag_run_live for unfinished runs; logical_date_unique for the
 * run before and the last ones. Who holds slots is only read when an instance of the run waits for one: of the unfinished runs those with live
 * instances by the counts of their last change. Takes no lock.
 */
export const WHY = `
  with grouped as materialized (${grouped("$2")}
  ),
  asked as materialized (
    select r.run_id, r.dag_id, r.run_key, r.run_type, r.state, r.dag_version, r.logical_date, r.run_after, r.queued_at, r.started_at, r.ended_at,
      r.cause, r.obligations, r.backfill_id, v.graph
    from millrace.dag_run r
    join millrace.dag_version v on v.dag_id = r.dag_id and v.version = r.dag_version
    where r.run_id = $2 and r.dag_id = $1
  ),
  previous as materialized (
    select p.run_id, p.run_key, v.graph
    from asked a
    join millrace.dag d on d.dag_id = a.dag_id
    join millrace.dag_version n on n.dag_id = d.dag_id and n.version = d.version
    cross join lateral (
      select p.run_id, p.run_key, p.dag_version
      from millrace.dag_run p
      where p.dag_id = a.dag_id and p.logical_date < a.logical_date
        and (p.run_type = 'scheduled' or n.graph::json -> 'dag' ->> 'catchup' <> 'true')
      order by p.logical_date desc
      limit 1
    ) p
    join millrace.dag_version v on v.dag_id = a.dag_id and v.version = p.dag_version
    where a.graph ~ '"(dependsOnPast|waitForDownstream)":true'
  ),
  previous_grouped as materialized (${grouped("(select run_id from previous)")}
  ),
  wanted_index as materialized (
    select $3::integer as map_index
    where $3 >= 0
    union
    (select distinct map_index from grouped where state = 'none' and map_index >= 0 order by map_index limit ${MAP_INDEXES})
  ),
  busy as materialized (
    select r.run_id, r.dag_id, r.run_key, r.dag_version, r.backfill_id
    from millrace.dag_run r
    cross join lateral (
      select string_to_array(c.counts, ',')::integer[] as counts
      from millrace.run_change c
      where c.run_id = r.run_id
      order by c.version desc
      limit 1
    ) c
    where r.state in ('queued', 'running')
      and exists (select from grouped where state = 'scheduled')
      and coalesce(c.counts[3], 0) + coalesce(c.counts[4], 0) + coalesce(c.counts[5], 0)
        + case when exists (select from millrace.pool where include_deferred) then coalesce(c.counts[6], 0) else 0 end > 0
    order by r.run_id
    limit ${MOST_BUSY_RUNS}
  ),
  held as materialized (
    select b.run_id, b.dag_id, b.run_key, b.dag_version, b.backfill_id, t.task_id, t.active, t.deferred
    from busy b
    cross join lateral (
      select i.task_id, count(*) filter (where i.state <> 'deferred')::integer as active, count(*) filter (where i.state = 'deferred')::integer as deferred
      from millrace.task_instance i
      where i.run_id = b.run_id and i.state in ('queued', 'running', 'restarting', 'deferred')
      group by i.task_id
      offset 0
    ) t
  ),
  node as materialized (
    select v.dag_id, v.version, n.node ->> 'taskId' as task_id, n.node ->> 'pool' as pool, (n.node ->> 'poolSlots')::integer as pool_slots
    from (select distinct dag_id, dag_version from held) h
    join millrace.dag_version v on v.dag_id = h.dag_id and v.version = h.dag_version
    cross join lateral json_array_elements(v.graph::json -> 'tasks') n (node)
  )
  select clock_timestamp() as now, d.dag_id, d.file, d.active, d.paused, d.version, d.owner, v.graph, d.last_logical_date, d.last_interval_start,
    d.last_interval_end, d.custom_times,
    (
      select json_agg(json_build_object('file', e.file, 'message', e.message, 'line', e.line) order by e.import_error_id)
      from millrace.import_error e
      where e.file = d.file
    ) as import_errors,
    (select array_agg(distinct q.uri) from millrace.asset_queue q where q.dag_id = d.dag_id) as updated_assets,
    (
      select json_build_object(
        'running', count(*) filter (where r.state = 'running' and r.backfill_id is null),
        'queued', count(*) filter (where r.state = 'queued' and r.backfill_id is null and r.run_after <= now()),
        'backfill', count(*) filter (where r.backfill_id is not null),
        'runKeys', coalesce(
          (array_agg(r.run_key order by r.logical_date) filter (where r.state = 'running' and r.backfill_id is null))[1:${SHOWN_RUNS}], '{}'))
      from millrace.dag_run r
      where r.dag_id = d.dag_id and r.state in ('queued', 'running')
    ) as unfinished,
    (
      select json_build_object(
        'failed', count(*) filter (where e.failed_only),
        'runKey', (array_agg(e.run_key order by e.logical_date desc))[1],
        'state', (array_agg(e.state order by e.logical_date desc))[1],
        'endedAt', millrace.micros((array_agg(e.ended_at order by e.logical_date desc))[1]),
        'cause', (array_agg(e.cause order by e.logical_date desc))[1])
      from (
        select r.run_key, r.state, r.logical_date, r.ended_at, r.cause,
          bool_and(r.state = 'failed') over (order by r.logical_date desc) as failed_only
        from (
          select r.run_key, r.state, r.logical_date, r.ended_at, r.cause
          from millrace.dag_run r
          where r.dag_id = d.dag_id and r.state in ('success', 'failed')
          order by r.logical_date desc
          limit ${MOST_FAILED_RUNS}
        ) r
      ) e
    ) as ended,
    (
      select json_build_object('backfillId', b.backfill_id, 'state', b.state, 'maxActiveRuns', b.max_active_runs)
      from millrace.backfill b
      where b.dag_id = d.dag_id and b.state in ('running', 'paused')
    ) as backfill,
    (
      select json_strip_nulls(json_agg(json_build_object(
        'schedulerId', s.scheduler_id, 'host', s.host, 'heartbeatAt', millrace.micros(s.heartbeat_at), 'endedAt', millrace.micros(s.ended_at))
        order by s.ended_at is null, s.scheduler_id))
      from (
        (select scheduler_id, host, heartbeat_at, ended_at from millrace.scheduler where ended_at is null)
        union all
        (select scheduler_id, host, heartbeat_at, ended_at from millrace.scheduler where ended_at is not null order by scheduler_id desc limit 1)
      ) s
    ) as schedulers,
    (
      select json_strip_nulls(json_agg(json_build_object(
        'pool', p.pool, 'slots', p.slots, 'includeDeferred', p.include_deferred, 'granted', g.granted)))
      from millrace.pool p
      left join millrace.pool_grant g on g.pool = p.pool and g.scheduler_id = d.owner
    ) as pools,
    (
      select json_strip_nulls(json_agg(json_build_object(
        'dagId', h.dag_id, 'runId', h.run_id, 'runKey', h.run_key, 'isBackfill', h.backfill_id is not null, 'owner', o.owner, 'taskId', h.task_id,
        'pool', n.pool, 'poolSlots', n.pool_slots, 'active', h.active, 'deferred', h.deferred)))
      from held h
      join node n on n.dag_id = h.dag_id and n.version = h.dag_version and n.task_id = h.task_id
      join millrace.dag o on o.dag_id = h.dag_id
    ) as slot_uses,
    (
      select json_strip_nulls(row_to_json(x))
      from (
        select a.run_id as "runId", a.run_key as "runKey", a.run_type as "runType", a.state, a.dag_version as "dagVersion",
          millrace.micros(a.logical_date) as "logicalDate", millrace.micros(a.run_after) as "runAfter", millrace.micros(a.queued_at) as "queuedAt",
          millrace.micros(a.started_at) as "startedAt", millrace.micros(a.ended_at) as "endedAt", a.cause, a.obligations,
          a.backfill_id as "backfillId"
        from asked a
      ) x
    ) as run,
    (select a.graph from asked a) as run_graph,
    ${groups("grouped", "$2")} as groups,
    ${instances("grouped", "$2")} as instances,
    (select array_agg(map_index) from wanted_index) as map_indexes,
    (select p.run_key from previous p) as previous_key,
    (select p.graph from previous p) as previous_graph,
    ${groups("previous_grouped", "(select run_id from previous)")} as previous_groups,
    ${instances("previous_grouped", "(select run_id from previous)")} as previous_instances
  from millrace.dag d
  join millrace.dag_version v on v.dag_id = d.dag_id and v.version = d.version
  where d.dag_id = $1`;
