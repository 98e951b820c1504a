-- Everything lives in the schema `millrace`, named in full by every statement: there is no session state to rely on behind a pooler.
-- Ids that people choose sort by code point (collate "C"): the same on every server, and twice as fast in an index.

create type millrace.task_state as enum (
  'none', 'scheduled', 'queued', 'running', 'restarting', 'deferred', 'up_for_retry', 'up_for_reschedule',
  'success', 'failed', 'upstream_failed', 'skipped', 'removed'
);
create type millrace.run_state as enum ('queued', 'running', 'success', 'failed');
create type millrace.run_type as enum ('scheduled', 'manual', 'backfill', 'asset_triggered');

-- R7: instants are whole microseconds in code and never pass through a double or a Date.
create function millrace.micros(at timestamptz) returns bigint
  language sql immutable strict parallel safe
  return (extract(epoch from at) * 1000000)::bigint;
create function millrace.instant(micros bigint) returns timestamptz
  language sql immutable strict parallel safe
  return timestamptz '1970-01-01 00:00:00+00' + micros * interval '1 microsecond';

create table millrace.scheduler (
  scheduler_id integer generated always as identity primary key,
  host text not null,
  pid integer not null,
  pid_started_at text not null,
  started_at timestamptz not null default now(),
  heartbeat_at timestamptz not null default now(),
  ended_at timestamptz,
  ended_by integer
) with (fillfactor = 50);
create index scheduler_live on millrace.scheduler (scheduler_id) where ended_at is null;

create table millrace.bundle (
  bundle_hash text collate "C" primary key,
  file text not null,
  code text not null,
  source text not null,
  created_at timestamptz not null default now()
);

create table millrace.dag (
  dag_id text collate "C" primary key,
  file text collate "C" not null,
  active boolean not null default true,
  paused boolean not null,
  version integer not null check (version >= 1),
  owner integer references millrace.scheduler,
  owned_at timestamptz,
  -- Upcoming runs of a custom timetable, four instants each: logical date, interval start and end, run after.
  custom_times bigint[],
  last_logical_date timestamptz,
  last_interval_start timestamptz,
  last_interval_end timestamptz,
  next_logical_date timestamptz,
  next_interval_start timestamptz,
  next_interval_end timestamptz,
  next_run_after timestamptz,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  constraint last_scheduled_whole check (num_nulls(last_logical_date, last_interval_start, last_interval_end) in (0, 3)),
  constraint next_run_whole check (num_nulls(next_logical_date, next_interval_start, next_interval_end, next_run_after) in (0, 4))
) with (fillfactor = 50);
create index dag_by_owner on millrace.dag (owner);
create index dag_by_file on millrace.dag (file);

create table millrace.dag_version (
  dag_id text collate "C" not null references millrace.dag on delete cascade,
  version integer not null check (version >= 1),
  bundle_hash text collate "C" not null references millrace.bundle,
  graph_hash text not null,
  lock_hash text not null,
  graph text not null,
  created_at timestamptz not null default now(),
  primary key (dag_id, version)
);

-- Assets that the newest version of a DAG names in its schedule.
create table millrace.dag_asset (
  uri text collate "C" not null,
  dag_id text collate "C" not null references millrace.dag on delete cascade,
  primary key (uri, dag_id)
);

create table millrace.import_error (
  import_error_id bigint generated always as identity primary key,
  file text collate "C" not null,
  message text not null,
  line integer,
  column_number integer,
  stack text,
  at timestamptz not null default now()
);
create index import_error_by_file on millrace.import_error (file);

create table millrace.dag_run (
  run_id bigint primary key,
  dag_id text collate "C" not null,
  run_key text collate "C" not null,
  run_type millrace.run_type not null,
  state millrace.run_state not null,
  dag_version integer not null,
  logical_date timestamptz not null,
  interval_start timestamptz not null,
  interval_end timestamptz not null,
  run_after timestamptz not null,
  conf text,
  triggered_by text not null,
  queued_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  due_at timestamptz,
  clear_number integer not null default 0,
  deadline_missed boolean not null default false,
  obligations text,
  cause text,
  constraint run_key_unique unique (dag_id, run_key),
  constraint logical_date_unique unique (dag_id, logical_date)
) with (fillfactor = 70);
create index dag_run_live on millrace.dag_run (dag_id, run_id) where state in ('queued', 'running');

create table millrace.run_note (
  run_id bigint primary key,
  note text not null,
  by text not null,
  at timestamptz not null default now()
);
create table millrace.task_note (
  run_id bigint not null,
  task_id text collate "C" not null,
  map_index integer not null,
  note text not null,
  by text not null,
  at timestamptz not null default now(),
  primary key (run_id, task_id, map_index)
);

-- R2: the primary key is the guard of every commit.
create table millrace.run_change (
  run_id bigint not null,
  version integer not null,
  at timestamptz not null,
  by integer not null,
  -- JSON: {"run": changed fields, "ti": [[task, map index, state, try], …], "new": rows inserted in state none}
  changes text not null,
  -- Instances per state after this change, by position in task_state, zeros at the end left out.
  counts text not null,
  primary key (run_id, version)
) partition by range (run_id);

-- No index that mentions state: it would end HOT updates (93 000 → 0) and cost 40 % of the commits.
create table millrace.task_instance (
  run_id bigint not null,
  map_index integer not null,
  try_number integer not null,
  max_tries integer not null,
  restarts integer not null default 0,
  state millrace.task_state not null,
  dag_version integer,
  result_length integer,
  queued_at timestamptz,
  started_at timestamptz,
  -- Start of the first try since the last clear: sensors time out from here, across reschedules and retries.
  first_started_at timestamptz,
  ended_at timestamptz,
  due_at timestamptz,
  dispatch_id uuid,
  task_id text collate "C" not null,
  worker_id text,
  result text,
  result_meta text,
  choice text,
  resume text,
  cause text,
  -- JSON: one log reference for each dispatch of the try, oldest first.
  log text,
  map_name text,
  rendered text,
  primary key (run_id, task_id, map_index)
) partition by range (run_id);

-- Tries that are over and were followed by another, or cleared.
create table millrace.task_try (
  run_id bigint not null,
  map_index integer not null,
  try_number integer not null,
  max_tries integer not null,
  restarts integer not null,
  state millrace.task_state not null,
  dag_version integer,
  queued_at timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  dispatch_id uuid,
  task_id text collate "C" not null,
  worker_id text,
  cause text,
  log text,
  map_name text,
  rendered text,
  primary key (run_id, task_id, map_index, try_number)
) partition by range (run_id);

create table millrace.xcom (
  run_id bigint not null,
  task_id text collate "C" not null,
  map_index integer not null,
  key text collate "C" not null,
  json text not null,
  meta text,
  at timestamptz not null,
  primary key (run_id, task_id, map_index, key)
) partition by range (run_id);

create table millrace.asset (
  uri text collate "C" primary key,
  created_at timestamptz not null default now()
);
create sequence millrace.asset_event_id;
create table millrace.asset_event (
  event_id bigint not null default nextval('millrace.asset_event_id'),
  -- 0: updated from outside, not by a task.
  run_id bigint not null,
  task_id text collate "C",
  map_index integer,
  uri text collate "C" not null,
  extra text,
  at timestamptz not null,
  primary key (run_id, event_id)
) partition by range (run_id);
create index asset_event_by_uri on millrace.asset_event (uri, event_id);

-- Asset events that a DAG has not consumed yet.
create table millrace.asset_queue (
  dag_id text collate "C" not null,
  event_id bigint not null,
  uri text collate "C" not null,
  at timestamptz not null,
  source_run_id bigint not null,
  interval_start timestamptz,
  interval_end timestamptz,
  primary key (dag_id, event_id)
);
create table millrace.run_asset_event (
  run_id bigint not null,
  event_id bigint not null,
  source_run_id bigint not null,
  primary key (run_id, event_id)
);

-- R5: commands wait here; the commit that carries one out moves it to its answer.
create table millrace.inbox (
  inbox_id bigint generated always as identity primary key,
  dag_id text collate "C" not null,
  command text not null,
  by text not null,
  at timestamptz not null default now()
);
create index inbox_by_dag on millrace.inbox (dag_id, inbox_id);
create table millrace.inbox_answer (
  inbox_id bigint primary key,
  answer text not null,
  at timestamptz not null default now()
);
create index inbox_answer_by_age on millrace.inbox_answer (at);

create table millrace.outbox (
  outbox_id bigint generated always as identity primary key,
  run_id bigint not null,
  dag_id text collate "C" not null,
  scope text not null check (scope in ('task', 'run')),
  event text not null,
  task_id text collate "C",
  map_index integer,
  try_number integer,
  reason text not null,
  attempts integer not null default 0,
  due_at timestamptz not null default now(),
  taken_by integer
) with (fillfactor = 70);
create index outbox_by_dag on millrace.outbox (dag_id, outbox_id);
create table millrace.callback_end (
  outbox_id bigint primary key,
  run_id bigint not null,
  scope text not null,
  event text not null,
  task_id text collate "C",
  map_index integer,
  try_number integer,
  attempts integer not null,
  ok boolean not null,
  error text,
  log text,
  at timestamptz not null default now()
);
create index callback_end_by_run on millrace.callback_end (run_id);

create table millrace.pool (
  pool text collate "C" primary key,
  -- -1 = unlimited
  slots integer not null check (slots >= -1),
  description text not null default '',
  include_deferred boolean not null default false,
  pick_order text not null default 'fair' check (pick_order in ('fair', 'priority'))
);
insert into millrace.pool (pool, slots, description) values ('default_pool', 128, 'Default pool');
-- R6: a scheduler's share of a pool's slots. How many are taken is never stored as the truth: `used` is what its owner said last.
create table millrace.pool_grant (
  pool text collate "C" not null references millrace.pool on delete cascade,
  scheduler_id integer not null references millrace.scheduler on delete cascade,
  granted integer not null check (granted >= 0),
  used integer not null check (used >= 0),
  wanted integer not null check (wanted >= 0),
  primary key (pool, scheduler_id)
) with (fillfactor = 50);

-- Values are sealed (AES-256-GCM) where the column says so.
create table millrace.variable (
  key text collate "C" primary key,
  value text not null,
  sealed boolean not null,
  description text not null default '',
  updated_at timestamptz not null default now()
);
create table millrace.connection (
  connection_id text collate "C" primary key,
  connection_type text not null,
  value text not null,
  description text not null default '',
  updated_at timestamptz not null default now()
);

-- Run ids come from one counter; a process takes them in blocks, so that this row is not written once for each run.
create table millrace.run_id_counter (
  only_row boolean primary key default true check (only_row),
  next_run_id bigint not null
) with (fillfactor = 20);
insert into millrace.run_id_counter (next_run_id) values (1);
create table millrace.run_partition (
  from_run_id bigint primary key,
  to_run_id bigint not null unique,
  created_at timestamptz not null default clock_timestamp(),
  check (to_run_id > from_run_id)
);
