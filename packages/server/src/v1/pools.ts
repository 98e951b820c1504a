import { isMillraceError, type PoolRecord, type PoolWrite } from "@millrace/core";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import type { V1Answer, V1Call, V1Handlers } from "./handlers.ts";
import { readOrder } from "./order-by.ts";
import { readPage } from "./paging.ts";
import { reprPython } from "./python-text.ts";

type Names = "get_pools" | "post_pool" | "get_pool" | "patch_pool" | "delete_pool";

type PoolBody = V1Call<"post_pool">["body"];

const ORDERS = { id: "number", name: "pool", slots: "slots" } as const;

const DEFAULT_POOL = "default_pool";
const FIELDS = ["name", "slots", "description", "include_deferred"] as const;
/** What of the default pool may be changed without saying its name. */
const FREE_OF_DEFAULT: readonly string[] = ["slots", "include_deferred"];

/** Clients cannot read infinity: so many slots are open in a pool without a limit. */
const ENDLESS = 2_147_483_647;

/** Pools, with their slots counted from the task instances at the moment (R6). */
export function poolHandlers({ settings }: ServerPorts, { maximumPageLimit }: ServerSettings): Pick<V1Handlers, Names> {
  const { pools } = settings;
  const get = async (name: string): Promise<PoolRecord> => (await pools.find(name)) ?? missing(name);
  return {
    get_pools: async ({ query }) => {
      const { field, descending } = readOrder(query.order_by, Object.keys(ORDERS) as (keyof typeof ORDERS)[], "id");
      const page = readPage(query, maximumPageLimit);
      const { items, total } = await pools.list({ ...page, field: ORDERS[field], descending });
      return { pools: items.map(poolToV1), total_entries: total };
    },
    post_pool: async ({ body }) => {
      const { name, slots } = requireWhole(body);
      const { description = null, include_deferred: includeDeferred = false } = body;
      await orTaken(name, () => pools.create({ pool: name, slots, description, includeDeferred, order: "fair" }));
      return poolToV1(await get(name));
    },
    get_pool: async ({ params }) => poolToV1(await get(params.pool_name)),
    patch_pool: async ({ params, query, body }) => {
      const mask = query.update_mask?.map((part) => part.trim());
      requireNameOfDefault(params.pool_name, body, mask);
      const before = await get(params.pool_name);
      const change = mask === undefined || mask.length === 0 ? { ...body, ...requireWhole(body) } : masked(body, mask);
      const write = changed(before, change);
      await orTaken(write.pool, () => pools.replace(before.pool, write));
      return poolToV1(await get(write.pool));
    },
    delete_pool: async ({ params }) => {
      if (params.pool_name === DEFAULT_POOL) throw new Problem(400, { detail: "Default Pool can't be deleted" });
      await get(params.pool_name);
      await pools.delete(params.pool_name);
    },
  };
}

function poolToV1({ pool, slots, description, includeDeferred, use }: PoolRecord): V1Answer<"get_pool"> {
  const occupied = use.running + use.queued + (includeDeferred ? use.deferred : 0);
  return {
    name: pool,
    slots,
    description,
    include_deferred: includeDeferred,
    occupied_slots: occupied,
    running_slots: use.running,
    queued_slots: use.queued,
    scheduled_slots: use.scheduled,
    deferred_slots: use.deferred,
    open_slots: slots === -1 ? ENDLESS : slots - occupied,
  };
}

function changed(before: PoolRecord, { name, slots, description, include_deferred: deferred }: PoolBody): PoolWrite {
  return {
    pool: name ?? before.pool,
    slots: slots ?? before.slots,
    description: description === undefined ? before.description : description,
    includeDeferred: deferred ?? before.includeDeferred,
    order: before.order,
  };
}

/** @throws Problem 400 naming what is missing */
function requireWhole({ name, slots }: PoolBody): { readonly name: string; readonly slots: number } {
  if (name !== undefined && slots !== undefined) return { name, slots };
  const absent = [...(name === undefined ? ["name"] : []), ...(slots === undefined ? ["slots"] : [])];
  throw new Problem(400, { detail: `Missing required property(ies): ${reprPython(absent)}` });
}

function masked(body: PoolBody, mask: readonly string[]): PoolBody {
  const unknown = mask.find(
    (field) => !FIELDS.includes(field as (typeof FIELDS)[number]) || !Object.hasOwn(body, field),
  );
  if (unknown !== undefined) throw new Problem(400, { detail: `Invalid field: ${unknown} in update mask` });
  return Object.fromEntries(Object.entries(body).filter(([field]) => mask.includes(field)));
}

/** @throws Problem 400 for another name of the default pool */
function requireNameOfDefault(pool: string, { name }: PoolBody, mask: readonly string[] | undefined): void {
  if (pool !== DEFAULT_POOL || name === DEFAULT_POOL) return;
  if (mask !== undefined && mask.length > 0 && mask.every((field) => FREE_OF_DEFAULT.includes(field))) return;
  throw new Problem(400, { detail: "Default Pool's name can't be modified" });
}

async function orTaken(name: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isMillraceError(error) || error.code !== "CONFLICT") throw error;
    throw new Problem(409, { detail: `Pool: ${name} already exists`, cause: error });
  }
}

function missing(name: string): never {
  throw new Problem(404, { detail: `Pool with name:'${name}' not found` });
}
