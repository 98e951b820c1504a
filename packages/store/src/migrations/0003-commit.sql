-- Commits hold this advisory lock of their scheduler shared, who ends a scheduler holds it alone; both until their transaction is over.
create function millrace.scheduler_lock_class() returns integer
  language sql immutable parallel safe
  return 1296123218;

-- The commit of R1 and R2 as one call: one round trip, one plan for each step however many rows, and nothing spent on steps without rows.
-- Rows refer to their run by its position in p_run. Ordered as the lock order says: run_change by run_id, dag_run, task_instance by key (the caller
-- sorts), then everything else. p_rest is JSON: what a light task does not have.
create function millrace.commit_batch_1(
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
