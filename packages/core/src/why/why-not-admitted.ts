import type { CompiledTask } from "../graph/compiled-graph.ts";
import type { PoolFacts, SlotUse } from "../ports/why.ts";
import type { Holder, LimitBlocker } from "./blocker.ts";
import type { WhyCase } from "./why-case.ts";

const HOLDERS = 3;

/** Which limits keep a ready instance from a slot: those that admission asks for (see the engine's admission), all that are reached. */
export function whyNotAdmitted(at: WhyCase, node: CompiledTask): readonly LimitBlocker[] {
  return [...ofExecutor(at), ...ofPool(at, node), ...ofDag(at), ...ofTask(at, node)];
}

function ofExecutor({ facts, options: { capacity } }: WhyCase): readonly LimitBlocker[] {
  const { owner } = facts.dag;
  const ours = facts.slotUses.filter((use) => owner !== undefined && use.owner === owner);
  if (capacity === undefined || activeOf(ours) < capacity) return [];
  return [{ kind: "executorFull", capacity, holders: holdersOf(ours, ({ active }) => active) }];
}

function ofPool({ facts }: WhyCase, { pool, poolSlots: needed }: CompiledTask): readonly LimitBlocker[] {
  const found = facts.pools.find((known) => known.pool === pool);
  if (!found) return [{ kind: "poolMissing", pool }];
  const { slots, granted } = found;
  if (slots < 0) return [];
  if (needed > slots) return [{ kind: "poolTooSmall", pool, slots, needed }];
  const { owner } = facts.dag;
  const uses = facts.slotUses.filter((use) => use.pool === pool);
  const slotsOf = slotsIn(found);
  const used = sum(uses, slotsOf);
  if (used + needed > slots)
    return [{ kind: "poolFull", pool, slots, used, needed, holders: holdersOf(uses, slotsOf) }];
  if (granted === undefined || owner === undefined) return [];
  const ours = sum(
    uses.filter((use) => use.owner === owner),
    slotsOf,
  );
  return ours + needed > granted ? [{ kind: "poolShare", pool, granted, used: ours, schedulerId: owner }] : [];
}

/** Runs of backfills have the limit for themselves. The newest version of the run's own graph counts, as in admission. */
function ofDag({ facts, run }: WhyCase): readonly LimitBlocker[] {
  const limit = run.graph.dag.maxActiveTasks;
  const isBackfill = run.backfillId !== undefined;
  const uses = facts.slotUses.filter((use) => use.dagId === facts.dag.dagId && use.isBackfill === isBackfill);
  const used = activeOf(uses);
  return used < limit
    ? []
    : [{ kind: "maxActiveTasks", limit, used, holders: holdersOf(uses, ({ active }) => active) }];
}

function ofTask({ facts, run }: WhyCase, node: CompiledTask): readonly LimitBlocker[] {
  const { taskId, maxActivePerDag, maxActivePerRun } = node;
  const uses = facts.slotUses.filter((use) => use.dagId === facts.dag.dagId && use.taskId === taskId);
  const blockers: LimitBlocker[] = [];
  if (maxActivePerDag !== undefined && activeOf(uses) >= maxActivePerDag)
    blockers.push({
      kind: "maxActivePerDag",
      taskId,
      limit: maxActivePerDag,
      holders: holdersOf(uses, ({ active }) => active),
    });
  const inRun = uses.filter((use) => use.runId === run.runId);
  if (maxActivePerRun !== undefined && activeOf(inRun) >= maxActivePerRun)
    blockers.push({ kind: "maxActivePerRun", taskId, limit: maxActivePerRun });
  return blockers;
}

function slotsIn({ includeDeferred }: PoolFacts): (use: SlotUse) => number {
  return ({ active, deferred, poolSlots }) => (active + (includeDeferred ? deferred : 0)) * poolSlots;
}

function activeOf(uses: readonly SlotUse[]): number {
  return sum(uses, ({ active }) => active);
}

/** Who holds most of them. */
function holdersOf(uses: readonly SlotUse[], slotsOf: (use: SlotUse) => number): readonly Holder[] {
  return uses
    .map((use) => ({ dagId: use.dagId, runKey: use.runKey, taskId: use.taskId, slots: slotsOf(use) }))
    .filter(({ slots }) => slots > 0)
    .sort((a, b) => b.slots - a.slots)
    .slice(0, HOLDERS);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
