-- A run is removed by one transaction that takes its next version, as a commit does (R2), and deletes its row: from then on it is gone for everybody. What
-- it leaves behind (rows in partitioned tables, large results) is written down here and cleared away afterwards, however often that is interrupted.
create table millrace.run_removal (
  run_id bigint primary key,
  dag_id text collate "C" not null,
  -- Of the change that stays behind until nobody can still be planning from the one before.
  version integer not null,
  removed_at timestamptz not null default now(),
  rows_gone boolean not null default false,
  blobs_gone boolean not null default false
);

-- Who is at it, so that several schedulers do not do the same work. What they do is right without it.
create table millrace.retention_round (
  only_row boolean primary key default true check (only_row),
  held_by integer not null default 0,
  held_until timestamptz not null default '-infinity'
);
insert into millrace.retention_round default values;

-- The runs of a DAG in the order in which they were made.
create index dag_run_by_dag on millrace.dag_run (dag_id, run_id);

-- Drops a partition of each partitioned table that no run has rows in. Asset events of run 0 came from outside: the partition with them stays.
create function millrace.drop_partition(p_from bigint) returns void
  language plpgsql
as $$
declare
  parent text;
begin
  foreach parent in array array['run_change', 'task_instance', 'task_try', 'xcom', 'asset_event'] loop
    if p_from = 0 and parent = 'asset_event' then
      delete from millrace.asset_event_0 where run_id > 0;
    else
      execute format('drop table millrace.%I', parent || '_' || p_from);
    end if;
  end loop;
  delete from millrace.run_partition where from_run_id = p_from;
end
$$;
