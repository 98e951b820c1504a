import type { Micros } from "../model/instant.ts";
import type { RunFacts, WhyFacts } from "../ports/why.ts";
import type { DagBlocker, RunBlocker } from "./blocker.ts";

/** A scheduler that has not been heard of for so long is judged dead (R10). */
const SILENT_MICROS: Micros = 15_000_000;

/** What keeps everything of a DAG from going on: nobody drives it, or it is paused. */
export function whyDagStands(facts: WhyFacts): readonly DagBlocker[] {
  return [...whyNotDriven(facts), ...whyPaused(facts)];
}

/** Nobody drives the DAG. */
export function whyNotDriven({ now, dag, schedulers }: WhyFacts): readonly DagBlocker[] {
  const open = schedulers.filter(({ endedAt }) => endedAt === undefined);
  const live = open.filter(({ heartbeatAt, isGone }) => !isGone && now - heartbeatAt < SILENT_MICROS);
  if (live.length === 0) {
    const last = open.at(-1) ?? schedulers.at(-1);
    const isSilent = last !== undefined && last.endedAt === undefined;
    return [
      {
        kind: "noScheduler",
        isSilent,
        ...(last && {
          last: { schedulerId: last.schedulerId, host: last.host, at: last.endedAt ?? last.heartbeatAt },
        }),
      },
    ];
  }
  if (live.some(({ schedulerId }) => schedulerId === dag.owner)) return [];
  const owner = open.find(({ schedulerId }) => schedulerId === dag.owner);
  if (!owner) return [{ kind: "unowned", schedulerIds: live.map(({ schedulerId }) => schedulerId) }];
  return [{ kind: "ownerSilent", schedulerId: owner.schedulerId, host: owner.host, at: owner.heartbeatAt }];
}

/** The DAG is paused: what runs goes on, nothing new begins. */
function whyPaused({ dag }: WhyFacts): readonly DagBlocker[] {
  if (!dag.paused) return [];
  const { failedRunsInRow } = dag;
  return [{ kind: "paused", failedRunsInRow, maxFailedRuns: dag.graph.dag.maxConsecutiveFailedRuns }];
}

/** Why a queued run does not begin, the DAG's own state aside. */
export function whyNotBegun({ now, dag }: WhyFacts, run: RunFacts): readonly RunBlocker[] {
  if (run.runAfter > now) return [{ kind: "runAfter", at: run.runAfter }];
  const { maxActiveRuns: limit } = dag.graph.dag;
  const { running, runKeys } = dag.unfinished;
  return run.backfillId === undefined && running >= limit ? [{ kind: "maxActiveRuns", limit, running, runKeys }] : [];
}
