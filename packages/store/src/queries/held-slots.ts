/**
 * `held`: live task instances by DAG, version, task and state; `node`: pool, slots and queue of each of these tasks. For the beginning of a statement
 * (`with …`).
 *
 * R6: counted from the instances. The counts in a run's last change tell which of the live runs (dag_run_live) have any that matter, so that only those
 * runs' instances are read, by primary key; positions in counts are those of the enum task_state.
 */
export const HELD_SLOTS = `
  with busy as materialized (
    select r.run_id, r.dag_id, r.dag_version
    from millrace.dag_run r
    cross join lateral (
      select string_to_array(c.counts, ',')::integer[] as counts
      from millrace.run_change c
      where c.run_id = r.run_id
      order by c.version desc
      limit 1
    ) c
    where r.state in ('queued', 'running')
      and coalesce(c.counts[2], 0) + coalesce(c.counts[3], 0) + coalesce(c.counts[4], 0) + coalesce(c.counts[5], 0) + coalesce(c.counts[6], 0) > 0
  ),
  held as materialized (
    select b.dag_id, b.dag_version, t.task_id, t.state, sum(t.instances)::integer as instances
    from busy b
    cross join lateral (
      select i.task_id, i.state, count(*)::integer as instances
      from millrace.task_instance i
      where i.run_id = b.run_id and i.state in ('scheduled', 'queued', 'running', 'restarting', 'deferred')
      group by i.task_id, i.state
      offset 0
    ) t
    group by b.dag_id, b.dag_version, t.task_id, t.state
  ),
  node as materialized (
    select v.dag_id, v.version, n.node ->> 'taskId' as task_id, n.node ->> 'pool' as pool, (n.node ->> 'poolSlots')::integer as pool_slots,
      n.node ->> 'queue' as queue
    from (select distinct dag_id, dag_version from held) h
    join millrace.dag_version v on v.dag_id = h.dag_id and v.version = h.dag_version
    cross join lateral json_array_elements(v.graph::json -> 'tasks') n (node)
  )`;
