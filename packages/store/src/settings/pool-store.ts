import { MillraceError, type PoolOrder, type PoolRecord, type PoolStore, type PoolWrite } from "@millrace/core";
import { cleanText, storableName } from "../commit/text-rules.ts";
import { transaction, type DatabasePool } from "../postgres/index.ts";
import { keyAfter, limitOf, pageOf } from "../queries/page.ts";
import { deletePool } from "../queries/pools.ts";
import { runGuarded } from "../queries/run-guarded.ts";
import { readOffset, type OffsetSource } from "./offset-list.ts";
import { NO_USE, readPoolUse } from "./read-pool-use.ts";

const SELECT = `
  select pool, slots, description, include_deferred, pick_order
  from millrace.pool`;

const PAGE = `${SELECT}
  where pool > $1
  order by pool
  limit $2`;

const FIND = `${SELECT}
  where pool = $1`;

const CREATE = `
  insert into millrace.pool (pool, slots, description, include_deferred, pick_order)
  values ($1, $2, $3, $4, $5)
  on conflict (pool) do nothing`;

const CHANGE = `
  update millrace.pool
  set slots = $2, description = $3, include_deferred = $4, pick_order = $5
  where pool = $1`;

const DELETE = "delete from millrace.pool where pool = $1";

const TELL = "select pg_notify('millrace_pools', '')";

const SOURCE: OffsetSource<PoolOrder> = {
  select: SELECT,
  table: "millrace.pool",
  key: "pool",
  columns: { pool: "pool", slots: "slots", number: "number" },
};

interface PoolSql {
  readonly pool: string;
  readonly slots: number;
  readonly description: string | null;
  readonly include_deferred: boolean;
  readonly pick_order: "fair" | "priority";
}

/** Pools of the database, with how they are used at the moment. */
export function makePoolStore(pool: DatabasePool): PoolStore {
  const withUse = async (pools: readonly PoolWrite[]): Promise<readonly PoolRecord[]> => {
    const use = await readPoolUse(pool);
    return pools.map((each) => ({ ...each, use: use.get(each.pool) ?? NO_USE }));
  };
  return {
    async list(request) {
      const { items, total } = await readOffset<PoolOrder, PoolSql, PoolWrite>(pool, SOURCE, request, poolOf);
      return { items: await withUse(items), total };
    },
    async page(request = {}) {
      const limit = limitOf(request);
      const values = [keyAfter<[string]>(request)?.[0] ?? "", limit + 1];
      const { rows } = await runGuarded(pool, "any", (client) => client.query<PoolSql>(PAGE, values));
      const { items, ...next } = pageOf(rows, limit, { item: poolOf, key: (row) => [row.pool] });
      return { items: await withUse(items), ...next };
    },
    async find(name) {
      const { rows } = await runGuarded(pool, "any", (client) => client.query<PoolSql>(FIND, [name]));
      return (await withUse(rows.map(poolOf)))[0];
    },
    create: (write) => createPool(pool, write),
    replace: (name, write) => replacePool(pool, name, write),
    delete: (name) => deletePool(pool, name),
  };
}

async function createPool(pool: DatabasePool, write: PoolWrite): Promise<void> {
  const values = valuesOf(write);
  await runGuarded(pool, "any", (client) =>
    transaction(client, async () => {
      if ((await client.query(CREATE, values)).rowCount === 0) throw taken(write.pool);
      await client.query(TELL);
    }),
  );
}

/** A new name is a new pool: instances are counted by the name that their tasks say. */
async function replacePool(pool: DatabasePool, name: string, write: PoolWrite): Promise<void> {
  const values = valuesOf(write);
  const isRenamed = name !== write.pool;
  await runGuarded(pool, "any", (client) =>
    transaction(client, async () => {
      const { rowCount } = await (isRenamed ? client.query(DELETE, [name]) : client.query(CHANGE, values));
      if (rowCount === 0)
        throw new MillraceError("NOT_FOUND", `there is no pool "${name}".`, { details: { pool: name } });
      if (isRenamed && (await client.query(CREATE, values)).rowCount === 0) throw taken(write.pool);
      await client.query(TELL);
    }),
  );
}

function valuesOf({ pool, slots, description, includeDeferred, order }: PoolWrite): unknown[] {
  const name = storableName(pool, "the pool's name");
  if (!Number.isInteger(slots) || slots < -1 || slots > 2_147_483_647)
    throw new MillraceError("BAD_ARGUMENT", `slots must be a whole number from 0, or -1 for no limit, not ${slots}.`);
  return [name, slots, description === null ? null : cleanText(description), includeDeferred, order];
}

function taken(name: string): MillraceError {
  return new MillraceError("CONFLICT", `there is already a pool "${name}".`, { details: { pool: name } });
}

function poolOf(row: PoolSql): PoolWrite {
  return {
    pool: row.pool,
    slots: row.slots,
    description: row.description,
    includeDeferred: row.include_deferred,
    order: row.pick_order,
  };
}
