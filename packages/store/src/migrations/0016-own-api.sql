-- Requests that may be made once: who sends the same one again gets the same answer. The run's key is decided before the run is made, so that a request
-- whose server was killed is found to have been carried out, or not.
create table millrace.idempotency_key (
  caller text collate "C" not null,
  key text collate "C" not null,
  hash text not null,
  run_key text not null,
  answer text,
  at timestamptz not null default now(),
  primary key (caller, key)
);
create index idempotency_key_by_age on millrace.idempotency_key (at);

-- Tasks of the newest versions, to be searched for.
create table millrace.dag_task (
  dag_id text collate "C" not null references millrace.dag on delete cascade,
  task_id text collate "C" not null,
  primary key (dag_id, task_id)
);
create index dag_task_by_id on millrace.dag_task (task_id, dag_id);

create function millrace.note_tasks() returns trigger
  language plpgsql
as $$
begin
  delete from millrace.dag_task t
  where t.dag_id = new.dag_id and t.task_id not in (select n ->> 'taskId' from json_array_elements(new.graph::json -> 'tasks') n);
  insert into millrace.dag_task (dag_id, task_id)
  select new.dag_id, n ->> 'taskId' from json_array_elements(new.graph::json -> 'tasks') n
  on conflict do nothing;
  return null;
end
$$;
create trigger note_tasks after insert on millrace.dag_version
  for each row execute function millrace.note_tasks();

insert into millrace.dag_task (dag_id, task_id)
select v.dag_id, n ->> 'taskId'
from millrace.dag d
join millrace.dag_version v on v.dag_id = d.dag_id and v.version = d.version,
  json_array_elements(case when json_typeof(v.graph::json -> 'tasks') = 'array' then v.graph::json -> 'tasks' else '[]' end) n
on conflict do nothing;
