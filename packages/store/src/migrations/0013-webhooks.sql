-- Webhooks that the newest versions of DAGs declare; written with the version.
create table millrace.webhook (
  dag_id text collate "C" not null,
  name text collate "C" not null,
  -- JSON: the webhook, and the params of its DAG.
  definition text not null,
  primary key (dag_id, name)
);
create index webhook_by_name on millrace.webhook (name, dag_id);

-- What was delivered. Only ever inserted; retention deletes the old ones. No foreign keys: deliveries outlive DAGs and runs.
create table millrace.webhook_delivery (
  delivery_id uuid primary key,
  at timestamptz not null default now(),
  webhook text collate "C" not null,
  dag_id text collate "C" not null,
  from_address text not null,
  status text not null check (status in ('accepted', 'duplicate', 'refused')),
  http_status smallint not null,
  reason text,
  headers text not null,
  body text,
  run_key text collate "C",
  inbox_id bigint,
  first_delivery_id uuid,
  replay_of uuid,
  constraint accepted_has_run check (status = 'refused' or run_key is not null)
);
create index webhook_delivery_by_webhook on millrace.webhook_delivery (webhook, at, delivery_id);
create index webhook_delivery_by_age on millrace.webhook_delivery (at);

-- What deliveries were told apart by. The primary key is the guard: of several with one key, one inserts.
create table millrace.webhook_key (
  webhook text collate "C" not null,
  key text collate "C" not null,
  delivery_id uuid not null,
  run_key text collate "C" not null,
  expires_at timestamptz not null,
  primary key (webhook, key)
);
create index webhook_key_by_age on millrace.webhook_key (expires_at);
