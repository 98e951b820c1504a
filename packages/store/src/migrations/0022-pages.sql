-- Pages of the UI that DAG files declare.
create table millrace.page (
  page_id text collate "C" primary key,
  file text not null,
  bundle_hash text not null references millrace.bundle,
  -- The DAG that it is a tab of; no foreign key: another file may declare that DAG, or nobody does.
  dag_id text collate "C",
  -- JSON: what it declares.
  definition text not null
);
create index page_by_dag on millrace.page (dag_id, page_id);
create index page_by_bundle on millrace.page (bundle_hash);
