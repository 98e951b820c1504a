import { createPool, deletePool, getPool, listPools, updatePool } from "@millrace/api";
import { MillraceError, type PoolRecord } from "@millrace/core";
import type { ServerPorts } from "../ports.ts";
import { served, type ServedOperation } from "./own-routes.ts";

/** Pools, with how they are used at the moment. */
export function poolOperations({ settings }: Pick<ServerPorts, "settings">): readonly ServedOperation[] {
  const { pools } = settings;
  const get = async (pool: string): Promise<PoolRecord> => {
    const found = await pools.find(pool);
    if (found) return found;
    throw new MillraceError("NOT_FOUND", `there is no pool "${pool}".`, { details: { pool } });
  };
  return [
    served(listPools, async ({ query }) => {
      const { items, ...next } = await pools.page(query);
      return { items: items.map(shown), ...next };
    }),
    served(getPool, async ({ params }) => shown(await get(params.pool))),
    served(createPool, async ({ body }) => {
      const { pool, slots, description = null, includeDeferred = false, order = "fair" } = body;
      await pools.create({ pool, slots, description, includeDeferred, order });
      return shown(await get(pool));
    }),
    served(updatePool, async ({ params, body }) => {
      const { use: _use, ...before } = await get(params.pool);
      const write = { ...before, ...body };
      if (before.pool === "default_pool" && write.pool !== before.pool)
        throw new MillraceError("CONFLICT", "default_pool cannot be renamed: tasks that name no pool use it.");
      await pools.replace(before.pool, write);
      return shown(await get(write.pool));
    }),
    served(deletePool, async ({ params }) => {
      await pools.delete(params.pool);
      return undefined;
    }),
  ];
}

function shown({ use, includeDeferred, ...pool }: PoolRecord) {
  return { ...pool, includeDeferred, use, occupied: use.running + use.queued + (includeDeferred ? use.deferred : 0) };
}
