-- Who did what, when, from where. Only ever inserted; retention deletes the old ones. No foreign keys: entries outlive what they are about.
create table millrace.audit_entry (
  audit_id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  event text collate "C" not null,
  by text collate "C" not null,
  from_address text not null,
  dag_id text collate "C",
  run_key text collate "C",
  task_id text collate "C",
  map_index integer,
  try_number integer,
  logical_date timestamptz,
  extra text
);

create index audit_entry_by_age on millrace.audit_entry (at, audit_id);
create index audit_entry_by_dag on millrace.audit_entry (dag_id, audit_id) where dag_id is not null;
