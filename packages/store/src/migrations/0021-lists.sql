-- Which versions have a tag, for lists of DAGs: versions are never forgotten while runs use them, so that there are many times more of them than of DAGs.
create index dag_version_by_tag on millrace.dag_version using gin (tags) with (fastupdate = off);

-- Failed runs of all DAGs, newest first: where few fail, a list would read run after run of those that did not.
create index dag_run_failed on millrace.dag_run (run_id) where state = 'failed';
