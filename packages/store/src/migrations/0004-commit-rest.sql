-- Rows of dag_run in a commit. Returns the positions of created runs whose run key or logical date is taken: nothing of them is kept.
create function millrace.commit_runs_1(p_run bigint[], ok boolean[], p_rest json, committed_at timestamptz) returns integer[]
  language plpgsql
as $$
declare
  wanted integer;
  made bigint[];
  conflicts integer[];
begin
  if p_rest -> 'created' is not null then
    select count(*) into wanted from json_array_elements(p_rest -> 'created') c where ok[(c ->> 'r')::integer];
    with made_runs as (
      insert into millrace.dag_run (
        run_id, dag_id, run_key, run_type, state, dag_version, logical_date, interval_start, interval_end, run_after, conf, triggered_by, queued_at,
        started_at, ended_at, due_at, clear_number, deadline_missed, obligations, cause)
      select p_run[c.r], c.dag_id, c.run_key, c.run_type::millrace.run_type, c.state::millrace.run_state, c.dag_version, millrace.instant(c.logical_date),
        millrace.instant(c.interval_start), millrace.instant(c.interval_end), millrace.instant(c.run_after), c.conf, c.triggered_by,
        coalesce(millrace.instant(c.queued_at), committed_at), millrace.instant(c.started_at), millrace.instant(c.ended_at),
        millrace.instant(c.due_at), c.clear_number, c.deadline_missed, c.obligations, c.cause
      from json_to_recordset(p_rest -> 'created') c (
        r integer, dag_id text, run_key text, run_type text, state text, dag_version integer, logical_date bigint, interval_start bigint,
        interval_end bigint, run_after bigint, conf text, triggered_by text, queued_at bigint, started_at bigint, ended_at bigint, due_at bigint,
        clear_number integer, deadline_missed boolean, obligations text, cause text)
      where ok[c.r]
      -- Two schedulers that create the same runs wait for each other in one order.
      order by c.dag_id, c.logical_date
      on conflict do nothing
      returning run_id
    )
    select array_agg(m.run_id) into made from made_runs m;
    if wanted > coalesce(cardinality(made), 0) then
      select array_agg(c.r) into conflicts
      from json_to_recordset(p_rest -> 'created') c (r integer)
      where ok[c.r] and p_run[c.r] <> all (coalesce(made, '{}'));
      delete from millrace.run_change v
      where v.version = 1 and v.run_id in (select p_run[c] from unnest(conflicts) c);
    end if;

    if p_rest -> 'scheduled' is not null then
      update millrace.dag d
      set last_logical_date = millrace.instant(s.logical_date),
        last_interval_start = millrace.instant(s.interval_start),
        last_interval_end = millrace.instant(s.interval_end)
      from json_to_recordset(p_rest -> 'scheduled') s (r integer, dag_id text, logical_date bigint, interval_start bigint, interval_end bigint)
      where d.dag_id = s.dag_id
        and ok[s.r]
        and s.r <> all (coalesce(conflicts, '{}'))
        and (d.last_logical_date is null or d.last_logical_date < millrace.instant(s.logical_date));
    end if;
  end if;

  if p_rest -> 'patched' is not null then
    -- p.has names the fields that change: null as a value empties one.
    update millrace.dag_run v
    set state = coalesce(p.state::millrace.run_state, v.state),
      queued_at = coalesce(millrace.instant(p.queued_at), v.queued_at),
      started_at = case when p.has & 1 > 0 then millrace.instant(p.started_at) else v.started_at end,
      ended_at = case when p.has & 2 > 0 then millrace.instant(p.ended_at) else v.ended_at end,
      due_at = case when p.has & 4 > 0 then millrace.instant(p.due_at) else v.due_at end,
      cause = case when p.has & 8 > 0 then p.cause else v.cause end,
      obligations = case when p.has & 16 > 0 then p.obligations else v.obligations end,
      dag_version = coalesce(p.dag_version, v.dag_version),
      clear_number = coalesce(p.clear_number, v.clear_number),
      deadline_missed = coalesce(p.deadline_missed, v.deadline_missed)
    from json_to_recordset(p_rest -> 'patched') p (
      r integer, has integer, state text, queued_at bigint, started_at bigint, ended_at bigint, due_at bigint, cause text, obligations text,
      dag_version integer, clear_number integer, deadline_missed boolean)
    where ok[p.r] and v.run_id = p_run[p.r];
  end if;
  return conflicts;
end
$$;

-- Copies tries that are followed by a new one, or cleared, into the history, before their rows change.
create function millrace.archive_tries_1(p_run bigint[], ok boolean[], p_rest json) returns void
  language plpgsql
as $$
begin
  if p_rest -> 'archive' is null then return; end if;
  insert into millrace.task_try (
    run_id, map_index, try_number, max_tries, restarts, state, dag_version, queued_at, started_at, ended_at, dispatch_id, task_id, worker_id, cause, log,
    map_name, rendered)
  select t.run_id, t.map_index, t.try_number, t.max_tries, t.restarts,
    -- What waits for a slot again has ended before: history tells how, not that it waited.
    case when t.state <> 'scheduled' then t.state when t.resume is null then 'up_for_retry' else 'up_for_reschedule' end,
    t.dag_version, t.queued_at, t.started_at, t.ended_at, t.dispatch_id,
    t.task_id, t.worker_id, t.cause, t.log, t.map_name, t.rendered
  from json_to_recordset(p_rest -> 'archive') a (r integer, task_id text, map_index integer)
  join millrace.task_instance t on t.run_id = p_run[a.r] and t.task_id = a.task_id and t.map_index = a.map_index
  where ok[a.r] and t.queued_at is not null
  on conflict do nothing;
  delete from millrace.xcom x
  using json_to_recordset(p_rest -> 'archive') a (r integer, task_id text, map_index integer)
  where ok[a.r] and x.run_id = p_run[a.r] and x.task_id = a.task_id and x.map_index = a.map_index;
end
$$;

-- What a light task does not have: XComs by key, asset events, callbacks, deleted placeholders, notes, answers, changes of the DAG itself.
create function millrace.commit_rest_1(p_run bigint[], ok boolean[], p_rest json, committed_at timestamptz) returns void
  language plpgsql
as $$
begin
  if p_rest -> 'deleted' is not null then
    delete from millrace.task_instance t
    using json_to_recordset(p_rest -> 'deleted') u (r integer, task_id text, map_index integer)
    where ok[u.r] and t.run_id = p_run[u.r] and t.task_id = u.task_id and t.map_index = u.map_index;
  end if;

  -- They have started above, and wait for a code trigger.
  if p_rest -> 'waits' is not null then
    update millrace.task_instance t
    set state = 'deferred'
    from json_to_recordset(p_rest -> 'waits') u (r integer, task_id text, map_index integer)
    where ok[u.r] and t.run_id = p_run[u.r] and t.task_id = u.task_id and t.map_index = u.map_index;
  end if;

  if p_rest -> 'xcoms' is not null then
    insert into millrace.xcom (run_id, task_id, map_index, key, json, meta, at)
    select p_run[x.r], x.task_id, x.map_index, x.key, x.json, x.meta, committed_at
    from json_to_recordset(p_rest -> 'xcoms') x (r integer, task_id text, map_index integer, key text, json text, meta text)
    where ok[x.r]
    on conflict (run_id, task_id, map_index, key) do update set json = excluded.json, meta = excluded.meta, at = excluded.at;
  end if;

  if p_rest -> 'consumed' is not null then
    with consumed as (
      delete from millrace.asset_queue q
      using json_to_recordset(p_rest -> 'consumed') c (r integer, dag_id text, event_id bigint)
      where ok[c.r] and q.dag_id = c.dag_id and q.event_id = c.event_id
      returning c.r, q.event_id, q.source_run_id
    )
    insert into millrace.run_asset_event (run_id, event_id, source_run_id)
    select p_run[c.r], c.event_id, c.source_run_id from consumed c;
  end if;

  if p_rest -> 'assets' is not null then
    insert into millrace.asset (uri)
    select distinct a.uri from json_to_recordset(p_rest -> 'assets') a (r integer, uri text)
    where ok[a.r] and not exists (select from millrace.asset k where k.uri = a.uri)
    order by a.uri
    on conflict do nothing;
    with event as (
      insert into millrace.asset_event (run_id, task_id, map_index, uri, extra, at)
      select p_run[a.r], a.task_id, a.map_index, a.uri, a.extra, committed_at
      from json_to_recordset(p_rest -> 'assets') a (r integer, task_id text, map_index integer, uri text, extra text)
      where ok[a.r]
      returning event_id, run_id, uri
    )
    insert into millrace.asset_queue (dag_id, event_id, uri, at, source_run_id, interval_start, interval_end)
    select s.dag_id, e.event_id, e.uri, committed_at, e.run_id, v.interval_start, v.interval_end
    from event e
    join millrace.dag_asset s on s.uri = e.uri
    left join millrace.dag_run v on v.run_id = e.run_id;
    perform pg_notify('millrace_dags', '');
  end if;

  if p_rest -> 'callbacks' is not null then
    insert into millrace.outbox (run_id, dag_id, scope, event, task_id, map_index, try_number, reason)
    select p_run[c.r], v.dag_id, c.scope, c.event, c.task_id, c.map_index, c.try_number, c.reason
    from json_to_recordset(p_rest -> 'callbacks') c (r integer, scope text, event text, task_id text, map_index integer, try_number integer, reason text)
    join millrace.dag_run v on v.run_id = p_run[c.r]
    where ok[c.r];
  end if;

  if p_rest -> 'notes' is not null then
    insert into millrace.run_note (run_id, note, by)
    select p_run[n.r], n.note, n.by from json_to_recordset(p_rest -> 'notes') n (r integer, note text, by text) where ok[n.r]
    on conflict (run_id) do update set note = excluded.note, by = excluded.by, at = excluded.at;
  end if;

  if p_rest -> 'answers' is not null then
    with gone as (
      delete from millrace.inbox b
      using json_to_recordset(p_rest -> 'answers') a (id bigint, r integer, answer text)
      where b.inbox_id = a.id and (a.r is null or ok[a.r])
      returning a.id, a.answer
    )
    insert into millrace.inbox_answer (inbox_id, answer) select g.id, g.answer from gone g;
    perform pg_notify('millrace_answers', '');
  end if;

  if p_rest -> 'dags' is not null then
    update millrace.dag d
    set paused = coalesce(p.paused, d.paused),
      next_logical_date = case when p.has_next then millrace.instant(p.logical_date) else d.next_logical_date end,
      next_interval_start = case when p.has_next then millrace.instant(p.interval_start) else d.next_interval_start end,
      next_interval_end = case when p.has_next then millrace.instant(p.interval_end) else d.next_interval_end end,
      next_run_after = case when p.has_next then millrace.instant(p.run_after) else d.next_run_after end
    from json_to_recordset(p_rest -> 'dags') p (
      dag_id text, paused boolean, has_next boolean, logical_date bigint, interval_start bigint, interval_end bigint, run_after bigint)
    where d.dag_id = p.dag_id;
  end if;
end
$$;
