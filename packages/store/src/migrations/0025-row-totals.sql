-- How many entries the audit has is asked with every page of it and never counted: kept like the totals of runs, as what was folded and the differences since.
create table millrace.row_total (
  name text collate "C" primary key,
  rows bigint not null
) with (fillfactor = 50);
create table millrace.row_total_delta (
  name text collate "C" not null,
  rows bigint not null
);

-- The argument of the trigger is the name of the total.
create function millrace.note_row_total() returns trigger
  language plpgsql
as $$
begin
  insert into millrace.row_total_delta (name, rows)
  select tg_argv[0], case tg_op when 'INSERT' then count(*) else -count(*) end
  from changed
  having count(*) > 0;
  return null;
end
$$;
create trigger note_row_total_of_insert after insert on millrace.audit_entry
  referencing new table as changed
  for each statement execute function millrace.note_row_total('audit');
create trigger note_row_total_of_delete after delete on millrace.audit_entry
  referencing old table as changed
  for each statement execute function millrace.note_row_total('audit');

-- As before, and these differences, too.
create or replace function millrace.fold_totals(most integer) returns integer
  language plpgsql
as $$
declare
  folded integer;
  more integer;
  others integer;
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
  with gone as (
    delete from millrace.row_total_delta
    where ctid = any (array(select d.ctid from millrace.row_total_delta d limit most))
    returning name, rows
  ),
  kept as (
    insert into millrace.row_total as t (name, rows)
    select g.name, sum(g.rows)
    from gone g
    group by g.name
    on conflict (name) do update set rows = t.rows + excluded.rows
  )
  select count(*) into others from gone;
  return folded + more + others;
end
$$;

insert into millrace.row_total (name, rows)
select 'audit', count(*) from millrace.audit_entry;
