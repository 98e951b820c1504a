-- A backfill is a durable wish: the owner of its DAG makes, or clears, the runs of its dates, a few at a time. Each run says whose it is, so that an owner
-- that lost its memory walks the dates again from the cursor and does nothing twice.
create table millrace.backfill (
  backfill_id bigint generated always as identity primary key,
  dag_id text collate "C" not null references millrace.dag (dag_id) on delete cascade,
  state text not null default 'running' check (state in ('running', 'paused', 'cancelled', 'ended')),
  from_date timestamptz not null,
  to_date timestamptz not null,
  reprocess text not null check (reprocess in ('none', 'failed', 'completed')),
  reverse boolean not null,
  max_active_runs integer not null check (max_active_runs >= 1),
  -- JSON text of an object.
  conf text,
  -- JSON text: the tasks that its runs have; null = all.
  task_ids text,
  by text not null,
  created_at timestamptz not null default now(),
  -- All dates up to this one, in the backfill's direction, are done with.
  cursor_date timestamptz,
  ended_at timestamptz,
  check (from_date <= to_date)
);

-- One at a time: two would meet in the same runs.
create unique index backfill_open on millrace.backfill (dag_id) where state in ('running', 'paused');
create index backfill_by_dag on millrace.backfill (dag_id, backfill_id);

alter table millrace.dag_run add column backfill_id bigint;
create index dag_run_of_backfill on millrace.dag_run (backfill_id, run_id) where backfill_id is not null;

-- As before, and with the backfill that a run belongs to.
create or replace function millrace.commit_runs_1(p_run bigint[], ok boolean[], p_rest json, committed_at timestamptz) returns integer[]
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
        started_at, ended_at, due_at, clear_number, deadline_missed, obligations, cause, backfill_id)
      select p_run[c.r], c.dag_id, c.run_key, c.run_type::millrace.run_type, c.state::millrace.run_state, c.dag_version, millrace.instant(c.logical_date),
        millrace.instant(c.interval_start), millrace.instant(c.interval_end), millrace.instant(c.run_after), c.conf, c.triggered_by,
        coalesce(millrace.instant(c.queued_at), committed_at), millrace.instant(c.started_at), millrace.instant(c.ended_at),
        millrace.instant(c.due_at), c.clear_number, c.deadline_missed, c.obligations, c.cause, c.backfill_id
      from json_to_recordset(p_rest -> 'created') c (
        r integer, dag_id text, run_key text, run_type text, state text, dag_version integer, logical_date bigint, interval_start bigint,
        interval_end bigint, run_after bigint, conf text, triggered_by text, queued_at bigint, started_at bigint, ended_at bigint, due_at bigint,
        clear_number integer, deadline_missed boolean, obligations text, cause text, backfill_id bigint)
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
      deadline_missed = coalesce(p.deadline_missed, v.deadline_missed),
      backfill_id = coalesce(p.backfill_id, v.backfill_id)
    from json_to_recordset(p_rest -> 'patched') p (
      r integer, has integer, state text, queued_at bigint, started_at bigint, ended_at bigint, due_at bigint, cause text, obligations text,
      dag_version integer, clear_number integer, deadline_missed boolean, backfill_id bigint)
    where ok[p.r] and v.run_id = p_run[p.r];
  end if;
  return conflicts;
end
$$;
