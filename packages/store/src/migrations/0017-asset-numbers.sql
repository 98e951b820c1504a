-- API v1 knows assets by number, and says since when which task updates them. An asset is known from the first version on that names it.
alter table millrace.asset add column asset_id bigint generated always as identity;
create unique index asset_by_id on millrace.asset (asset_id);

alter table millrace.dag_asset add column created_at timestamptz not null default now();

-- Tasks of the newest versions that name an asset in `outlets`.
create table millrace.asset_outlet (
  uri text collate "C" not null,
  dag_id text collate "C" not null references millrace.dag on delete cascade,
  task_id text collate "C" not null,
  created_at timestamptz not null default now(),
  primary key (uri, dag_id, task_id)
);
create index asset_outlet_by_dag on millrace.asset_outlet (dag_id);

-- Runs that an event has made; events by age.
create index run_asset_event_by_event on millrace.run_asset_event (event_id);
create index asset_event_by_age on millrace.asset_event (at, event_id);

-- Triggers, not the save itself: processes that are older than this migration save DAGs, too.
create function millrace.save_outlets() returns trigger
  language plpgsql
as $$
begin
  delete from millrace.asset_outlet o
  where o.dag_id = new.dag_id
    and not exists (
      select
      from json_array_elements(new.graph::json -> 'tasks') t (task)
      where t.task ->> 'taskId' = o.task_id and exists (select from json_array_elements_text(t.task -> 'outlets') u (uri) where u.uri = o.uri)
    );
  insert into millrace.asset_outlet (uri, dag_id, task_id)
  select distinct u.uri, new.dag_id, t.task ->> 'taskId'
  from json_array_elements(new.graph::json -> 'tasks') t (task)
  cross join lateral json_array_elements_text(t.task -> 'outlets') u (uri)
  on conflict do nothing;
  return null;
end
$$;
create trigger save_outlets after insert on millrace.dag_version
  for each row execute function millrace.save_outlets();

create function millrace.know_assets() returns trigger
  language plpgsql
as $$
begin
  insert into millrace.asset (uri)
  select distinct n.uri from new_rows n
  where not exists (select from millrace.asset a where a.uri = n.uri)
  order by n.uri
  on conflict do nothing;
  return null;
end
$$;
create trigger know_assets after insert on millrace.asset_outlet
  referencing new table as new_rows
  for each statement execute function millrace.know_assets();
create trigger know_assets after insert on millrace.dag_asset
  referencing new table as new_rows
  for each statement execute function millrace.know_assets();

insert into millrace.asset_outlet (uri, dag_id, task_id)
select distinct u.uri, d.dag_id, t.task ->> 'taskId'
from millrace.dag d
join millrace.dag_version v on v.dag_id = d.dag_id and v.version = d.version
cross join lateral json_array_elements(v.graph::json -> 'tasks') t (task)
cross join lateral json_array_elements_text(t.task -> 'outlets') u (uri);
insert into millrace.asset (uri)
select distinct uri from millrace.dag_asset
order by uri
on conflict do nothing;
