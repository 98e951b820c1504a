-- Instances that a later version, a shorter list or the bounds of a task left out are `removed`. The scheduler forgets them, so that run_change.counts does
-- not have them all, and there is no index on state (0001-schema.sql): the commit that removes them, or brings them back, keeps their number with the run.
alter table millrace.dag_run add column removed_instances integer not null default 0;

-- Before rows of instances change: what they are is compared with what they become. Each row changes once in a commit.
create function millrace.keep_removed_1(
  p_run bigint[], ok boolean[], p_rest json,
  i_run integer[], i_task text[], i_map integer[], i_state text[],
  d_run integer[], d_task text[], d_map integer[], d_state text[]
) returns void
  language plpgsql
as $$
begin
  update millrace.dag_run v
  set removed_instances = v.removed_instances + c.change
  from (
    select w.r, sum(w.becomes - w.was)::integer as change
    from (
      select u.r, (u.state = 'removed')::integer as becomes,
        -- Asked for row by row: always a probe of the primary key.
        (select count(*) from millrace.task_instance t where t.run_id = p_run[u.r] and t.task_id = u.task_id and t.map_index = u.map_index and t.state = 'removed') as was
      from (
        select i.r, i.task_id, i.map_index, i.state from unnest(i_run, i_task, i_map, i_state) i (r, task_id, map_index, state)
        union all
        select d.r, d.task_id, d.map_index, d.state from unnest(d_run, d_task, d_map, d_state) d (r, task_id, map_index, state)
        union all
        select x.r, x.task_id, x.map_index, 'none' from json_to_recordset(p_rest -> 'deleted') x (r integer, task_id text, map_index integer)
      ) u
      where ok[u.r]
    ) w
    group by w.r
    having sum(w.becomes - w.was) <> 0
  ) c
  where v.run_id = p_run[c.r];
end
$$;

-- As in 0003-commit.sql, and this number.
create or replace function millrace.commit_batch_1(
  p_scheduler integer,
  p_run bigint[], p_version integer[], p_changes text[], p_counts text[],
  p_rest json,
  i_run integer[], i_task text[], i_map integer[], i_state text[], i_try integer[], i_max integer[], i_dispatch uuid[], i_cause text[],
  q_run integer[], q_task text[], q_map integer[], q_try integer[], q_max integer[], q_dispatch uuid[], q_new boolean[],
  s_run integer[], s_task text[], s_map integer[], s_started timestamptz[], s_worker text[],
  e_run integer[], e_task text[], e_map integer[], e_state text[], e_try integer[], e_max integer[], e_restarts integer[],
  e_started timestamptz[], e_ended timestamptz[], e_due timestamptz[], e_worker text[], e_result text[], e_meta text[], e_length integer[],
  e_choice text[], e_resume text[], e_cause text[], e_log text[], e_map_name text[], e_rendered text[],
  d_run integer[], d_task text[], d_map integer[], d_state text[], d_try integer[], d_max integer[], d_restarts integer[],
  d_due timestamptz[], d_ended timestamptz[], d_cause text[], d_clear boolean[],
  out behind integer[], out conflicts integer[], out now_micros bigint
)
  language plpgsql
  -- One plan for all batches, which probes keys: planning costs more than a small commit, and a plan made while a table was empty would scan it.
  -- Holds for the functions called from here too.
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
as $$
declare
  -- By position in p_run: whether the rows of that run are written.
  ok boolean[] := array_fill(true, array[coalesce(cardinality(p_run), 0)]);
  written bigint[];
  refused integer;
  committed_at timestamptz := now();
begin
  -- R10: who was ended commits nothing more. Whoever ends it waits for this lock, so that an heir reads what was on its way. No row is locked or written.
  perform pg_advisory_xact_lock_shared(millrace.scheduler_lock_class(), p_scheduler);
  if not exists (select from millrace.scheduler s where s.scheduler_id = p_scheduler and s.ended_at is null) then
    raise exception 'scheduler % was ended', p_scheduler using errcode = 'MR001';
  end if;

  if p_rest -> 'answers' is not null then
    -- Whoever answers an inbox row deletes it. When somebody else has, the run that this answer comes from must not happen a second time.
    perform from millrace.inbox b
      where b.inbox_id = any (select (a ->> 'id')::bigint from json_array_elements(p_rest -> 'answers') a)
      order by b.inbox_id
      for update;
    for refused in
      select (a ->> 'r')::integer from json_array_elements(p_rest -> 'answers') a
      where a ->> 'r' is not null and not exists (select from millrace.inbox b where b.inbox_id = (a ->> 'id')::bigint)
    loop
      ok[refused] := false;
    end loop;
  end if;

  with guard as (
    insert into millrace.run_change (run_id, version, at, by, changes, counts)
    select u.run_id, u.version, committed_at, p_scheduler, u.changes, u.counts
    from unnest(p_run, p_version, p_changes, p_counts, ok) u (run_id, version, changes, counts, ok)
    where u.ok
    on conflict do nothing
    returning run_id
  )
  select coalesce(array_agg(g.run_id), '{}') into written from guard g;
  if cardinality(written) < coalesce(cardinality(p_run), 0) then
    select array_agg(u.run_id = any (written) order by u.position) into ok from unnest(p_run) with ordinality u (run_id, position);
  end if;

  if p_rest is not null then
    conflicts := millrace.commit_runs_1(p_run, ok, p_rest, committed_at);
    for i in 1 .. coalesce(cardinality(conflicts), 0) loop
      ok[conflicts[i]] := false;
    end loop;
    perform millrace.archive_tries_1(p_run, ok, p_rest);
  end if;

  -- Whoever writes nothing but states of tasks that run changes no such number, and does not look.
  if (i_run is not null or d_run is not null or p_rest -> 'deleted' is not null)
    and ('removed' = any (i_state)
      or 'removed' = any (d_state)
      or exists (select from millrace.dag_run v where v.run_id = any (p_run) and v.removed_instances > 0))
  then
    perform millrace.keep_removed_1(p_run, ok, p_rest, i_run, i_task, i_map, i_state, d_run, d_task, d_map, d_state);
  end if;

  if i_run is not null then
    insert into millrace.task_instance (run_id, task_id, map_index, state, try_number, max_tries, dag_version, dispatch_id, queued_at, ended_at, cause)
    select p_run[u.r], u.task_id, u.map_index, u.state::millrace.task_state, u.try_number, u.max_tries,
      case when u.dispatch_id is not null then (select v.dag_version from millrace.dag_run v where v.run_id = p_run[u.r]) end,
      u.dispatch_id,
      case when u.dispatch_id is not null then committed_at end,
      case when u.state in ('success', 'failed', 'upstream_failed', 'skipped', 'removed') then committed_at end,
      u.cause
    from unnest(i_run, i_task, i_map, i_state, i_try, i_max, i_dispatch, i_cause)
      u (r, task_id, map_index, state, try_number, max_tries, dispatch_id, cause)
    where ok[u.r] and p_version[u.r] = 1;
    insert into millrace.task_instance (run_id, task_id, map_index, state, try_number, max_tries, dag_version, dispatch_id, queued_at, ended_at, cause)
    select p_run[u.r], u.task_id, u.map_index, u.state::millrace.task_state, u.try_number, u.max_tries,
      case when u.dispatch_id is not null then (select v.dag_version from millrace.dag_run v where v.run_id = p_run[u.r]) end,
      u.dispatch_id,
      case when u.dispatch_id is not null then committed_at end,
      case when u.state in ('success', 'failed', 'upstream_failed', 'skipped', 'removed') then committed_at end,
      u.cause
    from unnest(i_run, i_task, i_map, i_state, i_try, i_max, i_dispatch, i_cause)
      u (r, task_id, map_index, state, try_number, max_tries, dispatch_id, cause)
    where ok[u.r] and p_version[u.r] > 1
    -- An index or task that was removed comes back: after a clear with a longer list, or in a newer version.
    on conflict (run_id, task_id, map_index) do update
    set state = excluded.state,
      try_number = excluded.try_number,
      max_tries = excluded.max_tries,
      restarts = 0,
      dag_version = excluded.dag_version,
      dispatch_id = excluded.dispatch_id,
      queued_at = excluded.queued_at,
      started_at = null,
      first_started_at = null,
      ended_at = excluded.ended_at,
      due_at = null,
      worker_id = null,
      result = null,
      result_meta = null,
      result_length = null,
      choice = null,
      resume = null,
      cause = excluded.cause,
      log = null,
      map_name = null,
      rendered = null;
  end if;

  if s_run is not null then
    update millrace.task_instance t
    set state = 'running',
      started_at = u.started_at,
      first_started_at = coalesce(t.first_started_at, u.started_at),
      worker_id = u.worker_id
    from unnest(s_run, s_task, s_map, s_started, s_worker) u (r, task_id, map_index, started_at, worker_id)
    where ok[u.r] and t.run_id = p_run[u.r] and t.task_id = u.task_id and t.map_index = u.map_index;
  end if;

  if e_run is not null then
    update millrace.task_instance t
    set state = u.state::millrace.task_state,
      try_number = u.try_number,
      max_tries = u.max_tries,
      restarts = u.restarts,
      dispatch_id = null,
      started_at = coalesce(u.started_at, t.started_at),
      first_started_at = coalesce(t.first_started_at, u.started_at),
      ended_at = u.ended_at,
      due_at = u.due_at,
      worker_id = coalesce(u.worker_id, t.worker_id),
      result = u.result,
      result_meta = u.meta,
      result_length = u.result_length,
      choice = u.choice,
      resume = u.resume,
      cause = u.cause,
      log = case
        when u.log is null then t.log
        when t.log is null or length(t.log) > 32000 then '[' || u.log || ']'
        else left(t.log, -1) || ',' || u.log || ']'
      end,
      map_name = coalesce(u.map_name, t.map_name),
      rendered = coalesce(u.rendered, t.rendered)
    from unnest(e_run, e_task, e_map, e_state, e_try, e_max, e_restarts, e_started, e_ended, e_due, e_worker, e_result, e_meta, e_length,
        e_choice, e_resume, e_cause, e_log, e_map_name, e_rendered)
      u (r, task_id, map_index, state, try_number, max_tries, restarts, started_at, ended_at, due_at, worker_id, result, meta, result_length,
        choice, resume, cause, log, map_name, rendered)
    where ok[u.r] and t.run_id = p_run[u.r] and t.task_id = u.task_id and t.map_index = u.map_index;
  end if;

  if d_run is not null then
    update millrace.task_instance t
    set state = u.state::millrace.task_state,
      try_number = u.try_number,
      max_tries = u.max_tries,
      restarts = u.restarts,
      due_at = u.due_at,
      ended_at = case when u.clear then u.ended_at else coalesce(u.ended_at, t.ended_at) end,
      -- R8: while a retry waits for a slot, its row still is the try before, and says why that ended.
      cause = case when u.cause is null and u.state in ('scheduled', 'restarting') and not u.clear then t.cause else u.cause end,
      dispatch_id = case when u.state = 'restarting' then t.dispatch_id end,
      dag_version = case when u.clear then null else t.dag_version end,
      queued_at = case when u.clear then null else t.queued_at end,
      started_at = case when u.clear then null else t.started_at end,
      first_started_at = case when u.clear then null else t.first_started_at end,
      worker_id = case when u.clear then null else t.worker_id end,
      result = case when u.clear then null else t.result end,
      result_meta = case when u.clear then null else t.result_meta end,
      result_length = case when u.clear then null else t.result_length end,
      choice = case when u.clear then null else t.choice end,
      resume = case when u.clear then null else t.resume end,
      log = case when u.clear then null else t.log end,
      rendered = case when u.clear then null else t.rendered end
    from unnest(d_run, d_task, d_map, d_state, d_try, d_max, d_restarts, d_due, d_ended, d_cause, d_clear)
      u (r, task_id, map_index, state, try_number, max_tries, restarts, due_at, ended_at, cause, clear)
    where ok[u.r] and t.run_id = p_run[u.r] and t.task_id = u.task_id and t.map_index = u.map_index;
  end if;

  if q_run is not null then
    update millrace.task_instance t
    set state = 'queued',
      try_number = u.try_number,
      max_tries = u.max_tries,
      dispatch_id = u.dispatch_id,
      dag_version = (select v.dag_version from millrace.dag_run v where v.run_id = p_run[u.r]),
      queued_at = committed_at,
      due_at = null,
      ended_at = null,
      cause = null,
      started_at = case when u.new_try then null else t.started_at end,
      worker_id = null,
      result = null,
      result_meta = null,
      result_length = null,
      choice = null,
      resume = case when u.new_try then null else t.resume end,
      log = case when u.new_try then null else t.log end,
      rendered = case when u.new_try then null else t.rendered end
    from unnest(q_run, q_task, q_map, q_try, q_max, q_dispatch, q_new)
      u (r, task_id, map_index, try_number, max_tries, dispatch_id, new_try)
    where ok[u.r] and t.run_id = p_run[u.r] and t.task_id = u.task_id and t.map_index = u.map_index;
  end if;

  if p_rest is not null then
    perform millrace.commit_rest_1(p_run, ok, p_rest, committed_at);
  end if;

  select array_agg(u.position - 1) into behind from unnest(ok) with ordinality u (ok, position) where not u.ok;
  now_micros := millrace.micros(clock_timestamp());
end
$$;

-- Totals as in 0019-totals.sql, but for `removed` (13): of all runs, by their own number.
create or replace function millrace.note_totals_of_insert() returns trigger
  language plpgsql
as $$
begin
  insert into millrace.run_total_delta (dag_id, run_type, state, runs)
  select n.dag_id, n.run_type, n.state, count(*)
  from new_rows n
  group by n.dag_id, n.run_type, n.state;
  insert into millrace.instance_total_delta (dag_id, state, instances)
  select n.dag_id, c.state, sum(c.count::bigint)
  from new_rows n
  cross join lateral unnest(string_to_array(n.ended_counts, ',')) with ordinality c (count, state)
  where n.ended_counts <> '' and c.count <> '0' and c.state <> 13
  group by n.dag_id, c.state
  union all
  select n.dag_id, 13, sum(n.removed_instances)
  from new_rows n
  where n.removed_instances <> 0
  group by n.dag_id;
  return null;
end
$$;

create or replace function millrace.note_totals_of_update() returns trigger
  language plpgsql
as $$
begin
  insert into millrace.run_total_delta (dag_id, run_type, state, runs)
  select d.dag_id, d.run_type, d.state, sum(d.runs)
  from (
    select o.dag_id, o.run_type, o.state, -1 as runs from old_rows o
    union all
    select n.dag_id, n.run_type, n.state, 1 from new_rows n
  ) d
  group by d.dag_id, d.run_type, d.state
  having sum(d.runs) <> 0;
  insert into millrace.instance_total_delta (dag_id, state, instances)
  select d.dag_id, c.state, sum(c.count::bigint * d.sign)
  from (
    select o.dag_id, o.ended_counts as counts, -1 as sign from old_rows o where o.ended_counts <> ''
    union all
    select n.dag_id, n.ended_counts, 1 from new_rows n where n.ended_counts <> ''
  ) d
  cross join lateral unnest(string_to_array(d.counts, ',')) with ordinality c (count, state)
  where c.count <> '0' and c.state <> 13
  group by d.dag_id, c.state
  having sum(c.count::bigint * d.sign) <> 0
  union all
  select d.dag_id, 13, sum(d.removed)
  from (
    select o.dag_id, -o.removed_instances as removed from old_rows o where o.removed_instances <> 0
    union all
    select n.dag_id, n.removed_instances from new_rows n where n.removed_instances <> 0
  ) d
  group by d.dag_id
  having sum(d.removed) <> 0;
  return null;
end
$$;

create or replace function millrace.note_totals_of_delete() returns trigger
  language plpgsql
as $$
begin
  insert into millrace.run_total_delta (dag_id, run_type, state, runs)
  select o.dag_id, o.run_type, o.state, -count(*)
  from old_rows o
  group by o.dag_id, o.run_type, o.state;
  insert into millrace.instance_total_delta (dag_id, state, instances)
  select o.dag_id, c.state, -sum(c.count::bigint)
  from old_rows o
  cross join lateral unnest(string_to_array(o.ended_counts, ',')) with ordinality c (count, state)
  where o.ended_counts <> '' and c.count <> '0' and c.state <> 13
  group by o.dag_id, c.state
  union all
  select o.dag_id, 13, -sum(o.removed_instances)
  from old_rows o
  where o.removed_instances <> 0
  group by o.dag_id;
  return null;
end
$$;

-- What there is already. The trigger writes it down, and it is folded at once.
delete from millrace.instance_total where state = 13;
delete from millrace.instance_total_delta where state = 13;
update millrace.dag_run r
set removed_instances = c.removed
from (select t.run_id, count(*) as removed from millrace.task_instance t where t.state = 'removed' group by t.run_id) c
where r.run_id = c.run_id;
select millrace.fold_totals(2147483647);
