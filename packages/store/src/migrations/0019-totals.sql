-- How many runs and task instances there are is asked with every list and never counted. R2: no row is updated once per tick. What changes is inserted as
-- differences, a few rows for each statement however many runs it touches; they are folded into the totals now and then. A total is what was folded and the
-- differences since: both are read in one statement, so that it is exact at every moment.

-- Instances per state of a run that has ended, as run_change.counts has them. Those of runs that have not are read where they are: there are few.
alter table millrace.dag_run add column ended_counts text;

create table millrace.run_total (
  dag_id text collate "C" not null,
  run_type millrace.run_type not null,
  state millrace.run_state not null,
  runs bigint not null,
  primary key (dag_id, run_type, state)
) with (fillfactor = 50);
create table millrace.run_total_delta (
  dag_id text collate "C" not null,
  run_type millrace.run_type not null,
  state millrace.run_state not null,
  runs bigint not null
);
-- Of runs that have ended. `state`: position in task_state, from 1 on.
create table millrace.instance_total (
  dag_id text collate "C" not null,
  state smallint not null,
  instances bigint not null,
  primary key (dag_id, state)
) with (fillfactor = 50);
create table millrace.instance_total_delta (
  dag_id text collate "C" not null,
  state smallint not null,
  instances bigint not null
);

create function millrace.newest_counts(p_run bigint) returns text
  language sql stable
  return (select c.counts from millrace.run_change c where c.run_id = p_run order by c.version desc limit 1);

-- The commit inserts the run's change, with its counts, before it changes the run.
create function millrace.keep_ended_counts() returns trigger
  language plpgsql
as $$
begin
  new.ended_counts := case when new.state in ('success', 'failed') then coalesce((select c.counts from millrace.run_change c where c.run_id = new.run_id order by c.version desc limit 1), '') end;
  return new;
end
$$;
create trigger keep_ended_counts_of_new before insert on millrace.dag_run
  for each row when (new.state in ('success', 'failed')) execute function millrace.keep_ended_counts();
-- Also when a run has ended and stays so: whoever marks a task of it writes its state again.
create trigger keep_ended_counts before update on millrace.dag_run
  for each row when (old.state <> new.state or new.state in ('success', 'failed')) execute function millrace.keep_ended_counts();

create function millrace.note_totals_of_insert() returns trigger
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
  where n.ended_counts <> '' and c.count <> '0'
  group by n.dag_id, c.state;
  return null;
end
$$;
create trigger note_totals_of_insert after insert on millrace.dag_run
  referencing new table as new_rows
  for each statement execute function millrace.note_totals_of_insert();

create function millrace.note_totals_of_update() returns trigger
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
  where c.count <> '0'
  group by d.dag_id, c.state
  having sum(c.count::bigint * d.sign) <> 0;
  return null;
end
$$;
create trigger note_totals_of_update after update on millrace.dag_run
  referencing old table as old_rows new table as new_rows
  for each statement execute function millrace.note_totals_of_update();

create function millrace.note_totals_of_delete() returns trigger
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
  where o.ended_counts <> '' and c.count <> '0'
  group by o.dag_id, c.state;
  return null;
end
$$;
create trigger note_totals_of_delete after delete on millrace.dag_run
  referencing old table as old_rows
  for each statement execute function millrace.note_totals_of_delete();

-- Moves at most so many differences into the totals; who comes while another is at it leaves it to them. Returns how many went.
create function millrace.fold_totals(most integer) returns integer
  language plpgsql
as $$
declare
  folded integer;
  more integer;
begin
  if not pg_try_advisory_xact_lock(1296123218, -1) then return 0; end if;
  with gone as (
    delete from millrace.run_total_delta
    where ctid = any (array(select d.ctid from millrace.run_total_delta d limit most))
    returning dag_id, run_type, state, runs
  ),
  kept as (
    insert into millrace.run_total as t (dag_id, run_type, state, runs)
    select g.dag_id, g.run_type, g.state, sum(g.runs)
    from gone g
    group by g.dag_id, g.run_type, g.state
    on conflict (dag_id, run_type, state) do update set runs = t.runs + excluded.runs
  )
  select count(*) into folded from gone;
  with gone as (
    delete from millrace.instance_total_delta
    where ctid = any (array(select d.ctid from millrace.instance_total_delta d limit most))
    returning dag_id, state, instances
  ),
  kept as (
    insert into millrace.instance_total as t (dag_id, state, instances)
    select g.dag_id, g.state, sum(g.instances)
    from gone g
    group by g.dag_id, g.state
    on conflict (dag_id, state) do update set instances = t.instances + excluded.instances
  )
  select count(*) into more from gone;
  return folded + more;
end
$$;

-- What there is already: the triggers above write it down, and it is folded at once.
update millrace.dag_run r
set ended_counts = coalesce(millrace.newest_counts(r.run_id), '')
where r.state in ('success', 'failed');
insert into millrace.run_total (dag_id, run_type, state, runs)
select dag_id, run_type, state, count(*)
from millrace.dag_run
group by dag_id, run_type, state;
select millrace.fold_totals(2147483647);
