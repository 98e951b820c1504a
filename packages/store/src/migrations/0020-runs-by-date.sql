-- Runs of all DAGs in the order of their logical dates, for lists. One entry for each run, written once: a logical date never changes.
create index dag_run_by_date on millrace.dag_run (logical_date, run_id);
