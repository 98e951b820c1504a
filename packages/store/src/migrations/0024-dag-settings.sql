-- What a version says of its DAG, kept beside its graph: a scheduler knows this of all its DAGs, and the tasks only of those that run. Null on versions
-- that were not the newest ones when this column came: nobody asks for theirs.
alter table millrace.dag_version add column settings text;

update millrace.dag_version v
set settings = (v.graph::json -> 'dag')::text
from millrace.dag d
where d.dag_id = v.dag_id and d.version = v.version;
