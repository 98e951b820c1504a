import { isTerminal } from "../model/states.ts";
import type { InstanceFacts } from "../ports/why.ts";
import type { InstanceBlocker, Origin } from "./blocker.ts";
import type { WhyCase } from "./why-case.ts";

const MOST_ORIGINS = 5;

/** Causes of an end that another instance has made: the walk goes on there. */
const PASSED_ON: ReadonlySet<string> = new Set(["UPSTREAM_FAILED", "UPSTREAM_SKIPPED"]);

/** How an instance ended; one that never ran names the instances that made it so, however far above they are. */
export function whyEnded(at: WhyCase, task: number, instance: InstanceFacts): InstanceBlocker {
  const { state, endedAt, cause } = instance;
  if (state === "removed" && !cause && task >= 0) return whyNotInRun(at, task);
  const isPassedOn = state === "upstream_failed" || (state === "skipped" && PASSED_ON.has(cause?.code ?? ""));
  return {
    kind: "ended",
    state,
    ...(endedAt !== undefined && { endedAt }),
    ...(cause && { cause }),
    origins: isPassedOn ? originsOf(at, task, instance) : [],
  };
}

/** It was never part of the run: its dates, or those who made the run, left it out. */
function whyNotInRun({ compiled, run }: WhyCase, task: number): InstanceBlocker {
  const { logicalDate, backfillId } = run;
  const { start, end } = compiled.tasks[task];
  return {
    kind: "notInRun",
    logicalDate,
    ...(start !== undefined && logicalDate < start && { start }),
    ...(end !== undefined && logicalDate > end && { end }),
    ...(backfillId !== undefined && { backfillId }),
  };
}

function originsOf({ states, compiled }: WhyCase, task: number, instance: InstanceFacts): readonly Origin[] {
  const origins: Origin[] = [];
  const seen = new Set<number>([task]);
  const wanted = instance.state === "upstream_failed" ? ["failed", "upstream_failed"] : ["skipped"];
  const work = [task];
  for (let below = work.shift(); below !== undefined && origins.length < MOST_ORIGINS; below = work.shift()) {
    const { upstream, setups = [] } = compiled.tasks[below];
    for (const above of new Set([...upstream.map((edge) => edge.task), ...setups])) {
      if (seen.has(above)) continue;
      const { mapIndex: at } = states.seenFrom(below, instance.mapIndex, above);
      const same = at === undefined ? undefined : states.instance(above, at);
      const found = same ? [same] : states.groups(above);
      const bad = found.filter(({ state }) => isTerminal(state) && wanted.includes(state));
      if (bad.length === 0) continue;
      seen.add(above);
      const own = bad.filter(
        ({ state, cause }) => state === "failed" || (state === "skipped" && !PASSED_ON.has(cause?.code ?? "")),
      );
      origins.push(...own.map(originOf));
      if (own.length === 0) work.push(above);
    }
  }
  return origins.slice(0, MOST_ORIGINS);
}

function originOf({ taskId, mapIndex, state, cause }: InstanceFacts): Origin {
  return { taskId, mapIndex, state, ...(cause && { cause }) };
}
