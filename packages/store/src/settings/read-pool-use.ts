import type { PoolUse, TaskState } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { HELD_SLOTS } from "../queries/held-slots.ts";
import { runGuarded } from "../queries/run-guarded.ts";

/** Of a pool that no live instance names. */
export const NO_USE: PoolUse = { scheduled: 0, queued: 0, running: 0, deferred: 0 };

const READ = `${HELD_SLOTS}
  select n.pool, h.state, sum(h.instances * n.pool_slots)::integer as slots
  from held h
  join node n on n.dag_id = h.dag_id and n.version = h.dag_version and n.task_id = h.task_id
  group by n.pool, h.state`;

interface UseSql {
  readonly pool: string;
  readonly state: TaskState;
  readonly slots: number;
}

/** Slots that live task instances take at the moment, by pool; pools that none takes are absent. */
export async function readPoolUse(pool: DatabasePool): Promise<ReadonlyMap<string, PoolUse>> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<UseSql>(READ));
  const uses = new Map<string, PoolUse>();
  for (const { pool: name, state, slots } of rows) {
    const use = uses.get(name) ?? NO_USE;
    const field = state === "restarting" ? "running" : state;
    uses.set(name, { ...use, [field]: (use[field as keyof PoolUse] ?? 0) + slots });
  }
  return uses;
}
