-- What lists of DAGs show of a version, kept beside its graph: a graph may have megabytes, and a page of a list has a hundred of them. Null on versions
-- that were not the newest ones when these columns came: no list shows those.
alter table millrace.dag_version
  add column tags text[],
  add column owners text[],
  add column pools text[],
  -- JSON: what else lists show.
  add column summary text;

-- PostgreSQL reads no JSON that has a NUL in it. New versions are cleaned when they are saved.
update millrace.dag_version
set graph = replace(graph, '\u0000', '\uFFFD')
where strpos(graph, '\u0000') > 0;

do $$
declare
  newest record;
begin
  for newest in
    select v.dag_id, v.version, v.graph::json as graph
    from millrace.dag d
    join millrace.dag_version v on v.dag_id = d.dag_id and v.version = d.version
  loop
    update millrace.dag_version v
    set tags = array(select json_array_elements_text(newest.graph -> 'dag' -> 'tags')),
      owners = array(select distinct t ->> 'owner' from json_array_elements(newest.graph -> 'tasks') t order by 1),
      pools = array(select distinct t ->> 'pool' from json_array_elements(newest.graph -> 'tasks') t order by 1),
      summary = json_build_object(
        'displayName', newest.graph -> 'dag' -> 'displayName',
        'description', newest.graph -> 'dag' -> 'description',
        'schedule', newest.graph -> 'dag' -> 'schedule',
        'maxActiveRuns', newest.graph -> 'dag' -> 'maxActiveRuns',
        'maxActiveTasks', newest.graph -> 'dag' -> 'maxActiveTasks',
        'maxConsecutiveFailedRuns', newest.graph -> 'dag' -> 'maxConsecutiveFailedRuns',
        'hasTaskLimits', exists (
          select from json_array_elements(newest.graph -> 'tasks') t
          where t -> 'maxActivePerDag' is not null or t -> 'maxActivePerRun' is not null
        )
      )::text
    where v.dag_id = newest.dag_id and v.version = newest.version;
  end loop;
end;
$$;

-- Wishes that a DAG file be read again although it has not changed.
create table millrace.parse_request (
  file text collate "C" primary key,
  at timestamptz not null default now()
);

-- Who reads DAG files, and when it last said so.
create table millrace.dag_processor (
  host text not null,
  pid integer not null,
  heartbeat_at timestamptz not null default now(),
  primary key (host, pid)
) with (fillfactor = 50);
