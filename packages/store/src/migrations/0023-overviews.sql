-- What pages show of many things at once.

-- Runs by their end: what went on in a span of time, and what failed of late. Written when a run ends, with the change of its state that writes other indexes
-- anyway.
create index dag_run_by_end on millrace.dag_run (ended_at) where ended_at is not null;
create index dag_run_failed_by_end on millrace.dag_run (ended_at) where state = 'failed';

-- Tasks of the newest versions that start another DAG, or wait for one.
create table millrace.task_link (
  dag_id text collate "C" not null references millrace.dag on delete cascade,
  task_id text collate "C" not null,
  other_dag_id text collate "C" not null,
  does text not null check (does in ('triggers', 'waitsFor')),
  primary key (dag_id, task_id)
);
create index task_link_by_other_dag on millrace.task_link (other_dag_id);

-- A trigger, not the save itself: processes that are older than this migration save DAGs, too.
create function millrace.save_links() returns trigger
  language plpgsql
as $$
begin
  delete from millrace.task_link l where l.dag_id = new.dag_id;
  insert into millrace.task_link (dag_id, task_id, other_dag_id, does)
  select new.dag_id, t.task ->> 'taskId', t.task -> 'otherDag' ->> 'dagId', t.task -> 'otherDag' ->> 'does'
  from json_array_elements(new.graph::json -> 'tasks') t (task)
  where t.task -> 'otherDag' ->> 'dagId' is not null
  on conflict do nothing;
  return null;
end
$$;
create trigger save_links after insert on millrace.dag_version
  for each row execute function millrace.save_links();

insert into millrace.task_link (dag_id, task_id, other_dag_id, does)
select d.dag_id, t.task ->> 'taskId', t.task -> 'otherDag' ->> 'dagId', t.task -> 'otherDag' ->> 'does'
from millrace.dag d
join millrace.dag_version v on v.dag_id = d.dag_id and v.version = d.version
cross join lateral json_array_elements(case when json_typeof(v.graph::json -> 'tasks') = 'array' then v.graph::json -> 'tasks' else '[]' end) t (task)
where t.task -> 'otherDag' ->> 'dagId' is not null
on conflict do nothing;
