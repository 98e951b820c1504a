-- Dispatches that workers without a database carry out. The id is their credential; whether it is alive is what task_instance says (R3). An executor
-- removes what has ended.
create table millrace.remote_dispatch (
  dispatch_id uuid primary key,
  run_id bigint not null,
  map_index integer not null,
  task_id text collate "C" not null,
  -- JSON: all that a worker needs.
  dispatch text not null,
  at timestamptz not null default now(),
  claimed_by text,
  heartbeat_at timestamptz,
  stop_reason text
) with (fillfactor = 70);
