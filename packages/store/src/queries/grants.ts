// R6. A pool's slots are split between live schedulers under the pool's row lock, pools by name. With one scheduler the grant is the pool, and nothing
// is written unless something changed.
import type { PoolGrant } from "@millrace/core";
import type pg from "pg";
import { transaction, type DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";
import { lockScheduler } from "./schedulers.ts";
import { splitSlots, type PoolShare } from "./split-slots.ts";

const POOLS = `
  select pool, slots, include_deferred, pick_order
  from millrace.pool
  order by pool`;

const LOCKED_POOLS = `${POOLS}
  for no key update`;

const OTHERS = "select exists (select from millrace.scheduler where ended_at is null and scheduler_id <> $1) as others";

const SHARES = `
  select g.pool, g.scheduler_id, g.granted, g.used, g.wanted
  from millrace.pool_grant g
  join millrace.scheduler s on s.scheduler_id = g.scheduler_id
  where s.ended_at is null`;

const WRITE = `
  insert into millrace.pool_grant (pool, scheduler_id, granted, used, wanted)
  select u.pool, $1, u.granted, u.used, u.wanted
  from unnest($2::text[], $3::integer[], $4::integer[], $5::integer[]) u (pool, granted, used, wanted)
  on conflict (pool, scheduler_id) do update
  set granted = excluded.granted, used = excluded.used, wanted = excluded.wanted
  where (pool_grant.granted, pool_grant.used, pool_grant.wanted) is distinct from (excluded.granted, excluded.used, excluded.wanted)`;

/** Of an unlimited pool every scheduler has all. */
const UNLIMITED = { granted: Number.MAX_SAFE_INTEGER, fair: 0 } as const;

interface PoolSql {
  readonly pool: string;
  readonly slots: number;
  readonly include_deferred: boolean;
  readonly pick_order: "fair" | "priority";
}

interface ShareSql {
  readonly pool: string;
  readonly scheduler_id: number;
  readonly granted: number;
  readonly used: number;
  readonly wanted: number;
}

/** What a scheduler says of its need, by pool. */
export interface PoolNeed {
  readonly wanted: Readonly<Record<string, number>>;
  readonly used: Readonly<Record<string, number>>;
}

/** Rebalances this scheduler's grants and returns them. @throws MillraceError CONFLICT when this scheduler was ended. */
export async function grants(pool: DatabasePool, schedulerId: number, need: PoolNeed): Promise<readonly PoolGrant[]> {
  return await runGuarded(pool, "any", (client) =>
    transaction(client, async () => {
      await lockScheduler(client, schedulerId);
      const { rows: pools } = await client.query<PoolSql>(LOCKED_POOLS);
      const { rows: shares } = await client.query<ShareSql>(SHARES);
      const { rows: alive } = await client.query<{ others: boolean }>(OTHERS, [schedulerId]);
      const decided = pools.map((row) => decide(row, schedulerId, sharesOf(row.pool, schedulerId, shares, need)));
      await writeChanged(client, schedulerId, { decided, shares, need, alone: alive[0]?.others !== true });
      return decided.map(({ grant }) => grant);
    }),
  );
}

function sharesOf(pool: string, me: number, shares: readonly ShareSql[], need: PoolNeed): readonly PoolShare[] {
  const of = shares
    .filter((share) => share.pool === pool)
    .map((share) => ({ ...share, schedulerId: share.scheduler_id }));
  const mine = of.find((share) => share.schedulerId === me);
  const others = of.filter((share) => share !== mine);
  return [
    ...others,
    { schedulerId: me, granted: mine?.granted ?? 0, used: need.used[pool] ?? 0, wanted: need.wanted[pool] ?? 0 },
  ];
}

interface Decided {
  readonly grant: PoolGrant;
  /** More than the grant when others hold more than their part. */
  readonly fair: number;
}

function decide(row: PoolSql, me: number, shares: readonly PoolShare[]): Decided {
  const { granted, fair } = row.slots < 0 ? UNLIMITED : splitSlots(row.slots, shares, me);
  return {
    grant: { pool: row.pool, slots: row.slots, granted, includeDeferred: row.include_deferred, order: row.pick_order },
    fair,
  };
}

interface Outcome {
  readonly decided: readonly Decided[];
  readonly shares: readonly ShareSql[];
  readonly need: PoolNeed;
  /** Then need concerns nobody else and is not written each time. */
  readonly alone: boolean;
}

async function writeChanged(
  client: pg.ClientBase,
  schedulerId: number,
  { decided, shares, need, alone }: Outcome,
): Promise<void> {
  const before = new Map(
    shares.filter((share) => share.scheduler_id === schedulerId).map((share) => [share.pool, share]),
  );
  const changed = decided.filter(({ grant: { pool, slots, granted } }) => {
    if (slots < 0) return false;
    const old = before.get(pool);
    const sameNeed = alone || (old?.used === (need.used[pool] ?? 0) && old.wanted === (need.wanted[pool] ?? 0));
    return old === undefined || old.granted !== granted || !sameNeed;
  });
  if (changed.length === 0) return;
  const pools = changed.map(({ grant }) => grant.pool);
  const column = (values: Readonly<Record<string, number>>): number[] => pools.map((pool) => values[pool] ?? 0);
  await client.query(WRITE, [
    schedulerId,
    pools,
    changed.map(({ grant }) => grant.granted),
    column(need.used),
    column(need.wanted),
  ]);
  // Others look again when slots came free for them, or when they should give some.
  const concernsOthers = ({ grant, fair }: Decided): boolean =>
    fair > grant.granted || (before.get(grant.pool)?.granted ?? 0) > grant.granted;
  if (!alone && changed.some(concernsOthers)) await client.query("select pg_notify('millrace_pools', '')");
}
