import type { CompiledTask } from "../graph/compiled-graph.ts";
import { isTerminal } from "../model/states.ts";
import type { InstanceFacts } from "../ports/why.ts";
import type { Blocker, InstanceBlocker } from "./blocker.ts";
import type { WhyCase } from "./why-case.ts";
import { whyEnded } from "./why-ended.ts";
import { whyNotAdmitted } from "./why-not-admitted.ts";
import { whyDagStands, whyNotBegun, whyNotDriven } from "./why-run-waits.ts";
import { whyUndecided } from "./why-undecided.ts";

/**
 * Everything that keeps a task instance from running now, what holds most first; for one that runs or has ended, that. Never empty: what nothing
 * keeps is decided with the next tick.
 */
export function whyInstance(at: WhyCase, instance: InstanceFacts): readonly Blocker[] {
  const task = at.compiled.indexOf.get(instance.taskId);
  // Vanished with a version: only its end is left.
  if (task === undefined || isTerminal(instance.state)) return [whyEnded(at, task ?? -1, instance)];
  const own = ownBlockers(at, task, instance);
  if (own[0]?.kind === "runEnded") return own;
  const isBusy = instance.state === "running" || instance.state === "queued" || instance.state === "restarting";
  const holds = isBusy ? whyNotDriven(at.facts) : whyDagStands(at.facts);
  // That it is due with the next tick says nothing while nobody ticks.
  const told = holds.length > 0 ? own.filter(({ kind }) => kind !== "nextTick") : own;
  return isWaiting(instance) ? [...told, ...holds] : [...holds, ...told];
}

/** What it waits for itself comes first: a time, a trigger, a worker. */
function isWaiting({ state }: InstanceFacts): boolean {
  return state !== "none" && state !== "scheduled";
}

function ownBlockers(at: WhyCase, task: number, instance: InstanceFacts): readonly Blocker[] {
  const { facts, run } = at;
  const node = at.compiled.tasks[task];
  switch (instance.state) {
    case "none":
    case "scheduled": {
      const { state, endedAt, cause } = run;
      if (state === "success" || state === "failed")
        return [{ kind: "runEnded", state, ...(endedAt !== undefined && { endedAt }), ...(cause && { cause }) }];
      if (state === "queued") return orNextTick(whyNotBegun(facts, run));
      return instance.state === "none"
        ? whyUndecided(at, task, instance.mapIndex)
        : orNextTick(whyNotAdmitted(at, node));
    }
    case "queued":
    case "running":
    case "restarting":
      return [whyBusy(at, node, instance)];
    case "up_for_retry":
    case "up_for_reschedule":
    case "deferred":
      return [whyLater(at, node, instance)];
    case "success":
    case "failed":
    case "upstream_failed":
    case "skipped":
    case "removed":
      return [whyEnded(at, task, instance)];
    default:
      throw new Error(`unreachable: ${instance.state satisfies never}`);
  }
}

function whyBusy({ options }: WhyCase, node: CompiledTask, instance: InstanceFacts): InstanceBlocker {
  const { state, queuedAt, startedAt, workerId } = instance;
  if (state === "queued") {
    const hasNoWorker = options.queues?.includes(node.queue) === false;
    return { kind: "handedOver", queue: node.queue, hasNoWorker, ...(queuedAt !== undefined && { since: queuedAt }) };
  }
  const limit = node.executionTimeoutMicros;
  return {
    kind: "running",
    isRestarting: state === "restarting",
    ...(startedAt !== undefined && { startedAt }),
    ...(workerId !== undefined && { workerId }),
    ...(limit !== undefined && startedAt !== undefined && { timeoutAt: startedAt + limit }),
  };
}

function whyLater({ facts }: WhyCase, node: CompiledTask, instance: InstanceFacts): InstanceBlocker {
  const { state, dueAt, tryNumber, maxTries, cause, startedAt, firstStartedAt, workerId } = instance;
  const at = dueAt ?? facts.now;
  if (state === "up_for_retry") return { kind: "retry", at, tryNumber, tries: maxTries + 1, ...(cause && { cause }) };
  if (state === "up_for_reschedule") {
    const limit = node.sensor?.timeoutMicros;
    const givesUpAt = limit === undefined || firstStartedAt === undefined ? undefined : firstStartedAt + limit;
    return { kind: "reschedule", at, ...(givesUpAt !== undefined && { givesUpAt }) };
  }
  return {
    kind: "deferred",
    operator: node.operator,
    ...(dueAt !== undefined && { at: dueAt }),
    ...(startedAt !== undefined && { startedAt }),
    ...(dueAt === undefined && workerId !== undefined && { workerId }),
  };
}

function orNextTick(blockers: readonly Blocker[]): readonly Blocker[] {
  return blockers.length > 0 ? blockers : [{ kind: "nextTick" }];
}
