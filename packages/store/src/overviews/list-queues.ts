import type { QueueUse, TaskState } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { HELD_SLOTS } from "../queries/held-slots.ts";
import { runGuarded } from "../queries/run-guarded.ts";

const QUEUES = `${HELD_SLOTS}
  select n.queue, h.state, sum(h.instances)::integer as instances
  from held h
  join node n on n.dag_id = h.dag_id and n.version = h.dag_version and n.task_id = h.task_id
  group by n.queue, h.state
  order by n.queue`;

/** Queues of which task instances wait or run, by name. */
export async function listQueues(pool: DatabasePool): Promise<readonly QueueUse[]> {
  type QueueSql = { queue: string; state: TaskState; instances: number };
  const { rows } = await runGuarded(pool, "any", (client) => client.query<QueueSql>(QUEUES));
  return [...Map.groupBy(rows, (row) => row.queue)].map(([queue, states]) => {
    const sum = (...wanted: readonly TaskState[]): number =>
      states.filter(({ state }) => wanted.includes(state)).reduce((total, { instances }) => total + instances, 0);
    return {
      queue,
      scheduled: sum("scheduled"),
      queued: sum("queued"),
      running: sum("running", "restarting"),
      deferred: sum("deferred"),
    };
  });
}
