-- What schedulers and DAG processors know of themselves, for /metrics: a row per process, overwritten every few seconds without waiting for the disk.
-- Rows of processes that are gone are removed by those that go on.
create table millrace.metric_snapshot (
  source text collate "C" primary key,
  at timestamptz not null default now(),
  snapshot text not null
) with (fillfactor = 50);
