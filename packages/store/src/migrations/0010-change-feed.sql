-- What happened, for event streams: written in the transaction that did it, read in the order of transaction ids below the oldest one that is still
-- open. Rows commit out of order, but below that bound nothing appears any more: who read up to it misses nothing. A row for each batch, not for each run.
create table millrace.change_feed (
  xid xid8 not null default pg_current_xact_id(),
  feed_id bigint generated always as identity,
  at timestamptz not null default now(),
  -- Changes of runs, by their keys in run_change; or else something else, as JSON.
  run_ids bigint[],
  versions integer[],
  kind text collate "C",
  about text,
  primary key (xid, feed_id),
  constraint runs_or_else check (num_nulls(run_ids, kind) = 1)
);

-- A restored database has other transaction ids: positions in the old feed mean nothing in it. `pruned_to`: this transaction and those before may be gone.
create table millrace.change_feed_start (
  only_row boolean primary key default true check (only_row),
  epoch text not null,
  pruned_to xid8 not null
);
insert into millrace.change_feed_start (epoch, pruned_to) values (left(gen_random_uuid()::text, 8), pg_current_xact_id());

-- Processes that follow the feed say so every few seconds. Only while there are any, commits wake them.
create table millrace.change_reader (
  reader_id uuid primary key,
  seen_at timestamptz not null default now()
) with (fillfactor = 50);

create function millrace.wake_readers_1() returns void
  language plpgsql
as $$
begin
  if exists (select from millrace.change_reader r where r.seen_at > now() - interval '15 seconds') then
    perform pg_notify('millrace_changes', '');
  end if;
end
$$;

-- Tells of a commit. p_behind: positions in p_run, from 0, of those whose rows were not written.
create function millrace.feed_runs_1(p_run bigint[], p_version integer[], p_behind integer[]) returns void
  language plpgsql
as $$
begin
  if coalesce(cardinality(p_run), 0) <= coalesce(cardinality(p_behind), 0) then
    return;
  end if;
  if p_behind is null then
    insert into millrace.change_feed (run_ids, versions) values (p_run, p_version);
  else
    insert into millrace.change_feed (run_ids, versions)
    select array_agg(u.run_id order by u.position), array_agg(u.version order by u.position)
    from unnest(p_run, p_version) with ordinality u (run_id, version, position)
    where u.position - 1 <> all (p_behind);
  end if;
  perform millrace.wake_readers_1();
end
$$;

create function millrace.feed_1(p_kind text, p_about json) returns void
  language plpgsql
as $$
begin
  insert into millrace.change_feed (kind, about) values (p_kind, p_about::text);
  perform millrace.wake_readers_1();
end
$$;

create function millrace.feed_dag() returns trigger
  language plpgsql
as $$
begin
  if tg_op = 'DELETE' then
    perform millrace.feed_1('dag', json_build_object('dagId', old.dag_id, 'deleted', true));
  else
    perform millrace.feed_1('dag', json_build_object('dagId', new.dag_id, 'paused', new.paused, 'active', new.active, 'version', new.version));
  end if;
  return null;
end
$$;
create trigger feed_new_dag after insert or delete on millrace.dag
  for each row execute function millrace.feed_dag();
create trigger feed_dag after update on millrace.dag
  for each row
  when (old.paused <> new.paused or old.active <> new.active or old.version <> new.version)
  execute function millrace.feed_dag();

create function millrace.feed_import_errors() returns trigger
  language plpgsql
as $$
begin
  if exists (select from changed) then
    perform millrace.feed_1('importErrors', '{}');
  end if;
  return null;
end
$$;
create trigger feed_new_errors after insert on millrace.import_error
  referencing new table as changed for each statement execute function millrace.feed_import_errors();
create trigger feed_mended_errors after delete on millrace.import_error
  referencing old table as changed for each statement execute function millrace.feed_import_errors();

create function millrace.feed_asset_events() returns trigger
  language plpgsql
as $$
declare
  told json;
begin
  for told in
    select json_build_object('uri', c.uri, 'eventId', c.event_id) from changed c order by c.event_id
  loop
    perform millrace.feed_1('asset', told);
  end loop;
  return null;
end
$$;
create trigger feed_asset_events after insert on millrace.asset_event
  referencing new table as changed for each statement execute function millrace.feed_asset_events();

create function millrace.feed_backfill() returns trigger
  language plpgsql
as $$
begin
  perform millrace.feed_1('backfill', json_build_object('dagId', new.dag_id, 'backfillId', new.backfill_id, 'state', new.state));
  return null;
end
$$;
create trigger feed_new_backfill after insert on millrace.backfill
  for each row execute function millrace.feed_backfill();
create trigger feed_backfill after update on millrace.backfill
  for each row
  when (old.state <> new.state)
  execute function millrace.feed_backfill();

create function millrace.feed_gone_runs() returns trigger
  language plpgsql
as $$
declare
  told json;
begin
  for told in
    select json_build_object('dagId', g.dag_id, 'runs', json_agg(json_build_object('runId', g.run_id, 'runKey', g.run_key) order by g.run_id))
    from gone g
    group by g.dag_id
  loop
    perform millrace.feed_1('runsDeleted', told);
  end loop;
  return null;
end
$$;
create trigger feed_gone_runs after delete on millrace.dag_run
  referencing old table as gone for each statement execute function millrace.feed_gone_runs();

-- Forgets the oldest part of the feed, when it is an hour old. Returns how many rows went.
create function millrace.prune_feed_1(p_limit integer) returns integer
  language plpgsql
as $$
declare
  last xid8;
  last_feed bigint;
  gone integer;
begin
  -- The feed is all but ordered by time: whatever is that old stands at its beginning.
  select s.xid, s.feed_id into last, last_feed
  from (select f.xid, f.feed_id, f.at from millrace.change_feed f order by f.xid, f.feed_id limit p_limit) s
  where s.at < now() - interval '1 hour'
  order by s.xid desc, s.feed_id desc
  limit 1;
  if last is null then
    return 0;
  end if;
  delete from millrace.change_feed f where (f.xid, f.feed_id) <= (last, last_feed);
  get diagnostics gone = row_count;
  update millrace.change_feed_start set pruned_to = last where pruned_to < last;
  return gone;
end
$$;
