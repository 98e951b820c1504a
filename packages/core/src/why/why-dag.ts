import { nextRun, type NextRunQuery } from "../timetable/next-run.ts";
import type { WhyDagFacts, WhyFacts } from "../ports/why.ts";
import type { Blocker } from "./blocker.ts";
import { whyDagStands } from "./why-run-waits.ts";

/** Why a DAG makes no run now, and when it makes the next. Never empty. */
export function whyDag(facts: WhyFacts): readonly Blocker[] {
  const { dag } = facts;
  return [...whyFile(dag), ...whyDagStands(facts), ...whySchedule(facts), ...whatGoesOn(dag)];
}

/** The question about a DAG's next run, as its scheduler asks it. */
export function nextRunQuery({ graph, lastScheduled, customTimes }: WhyDagFacts, now: number): NextRunQuery {
  const { start, end, catchup } = graph.dag;
  return {
    now,
    catchup,
    ...(lastScheduled && { last: lastScheduled }),
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    ...(customTimes && { custom: customTimes }),
  };
}

function whyFile({ active, file, importErrors }: WhyDagFacts): readonly Blocker[] {
  return [
    ...(active ? [] : [{ kind: "fileGone", file } as const]),
    ...importErrors.map((error): Blocker => {
      const { message, line } = error;
      return { kind: "importError", file, message, ...(line !== undefined && { line }) };
    }),
  ];
}

function whySchedule({ now, dag }: WhyFacts): readonly Blocker[] {
  const { schedule, end } = dag.graph.dag;
  if (!dag.active) return [];
  if (schedule.kind === "none") return [{ kind: "noSchedule" }];
  const blockers: Blocker[] = [];
  if (schedule.kind === "assets" || schedule.kind === "assetsOrTime")
    blockers.push({ kind: "assets", rule: schedule.rule, updated: dag.updatedAssets });
  if (schedule.kind === "assets") return blockers;
  const next = nextRun(schedule, nextRunQuery(dag, now));
  if (!next) return [...blockers, { kind: "scheduleOver", schedule, ...(end !== undefined && { end }) }];
  if (next.runAfter > now) return [...blockers, { kind: "nextRun", at: next.runAfter, logicalDate: next.logicalDate }];
  const { running, queued, runKeys } = dag.unfinished;
  const limit = dag.graph.dag.maxActiveRuns;
  if (running + queued >= limit)
    return [...blockers, { kind: "tooManyUnfinished", limit, logicalDate: next.logicalDate, runKeys }];
  return [...blockers, { kind: "nextRun", at: next.runAfter, logicalDate: next.logicalDate }];
}

function whatGoesOn({ unfinished, backfill, lastEnded }: WhyDagFacts): readonly Blocker[] {
  const blockers: Blocker[] = unfinished.runKeys.map((runKey) => ({ kind: "runGoesOn", runKey, state: "running" }));
  if (backfill) {
    const { backfillId, state, maxActiveRuns } = backfill;
    const isPaused = state === "paused";
    blockers.push({ kind: "backfill", backfillId, isPaused, active: unfinished.backfill, maxActiveRuns });
  }
  if (lastEnded) blockers.push({ kind: "lastRun", ...lastEnded });
  return blockers;
}
