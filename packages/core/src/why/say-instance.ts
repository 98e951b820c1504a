import type { TaskState } from "../model/states.ts";
import type { TriggerRule } from "../model/trigger-rule.ts";
import type { Cause, Obligation } from "../plan/changes.ts";
import type { InstanceBlocker, Origin, TaskStates } from "./blocker.ts";
import {
  clearCommand,
  nameInstance,
  sayCount,
  sayFuture,
  sayInstant,
  sayList,
  saySince,
  sentence,
  type Said,
  type Saying,
} from "./said.ts";

/** What each rule waits for. */
const RULES: Readonly<Record<TriggerRule, string>> = {
  all_success: "all upstream tasks to succeed",
  all_failed: "all upstream tasks to fail",
  all_done: "all upstream tasks to end",
  all_skipped: "all upstream tasks to be skipped",
  one_success: "an upstream task to succeed",
  one_failed: "an upstream task to fail",
  one_done: "an upstream task to succeed or fail",
  none_failed: "all upstream tasks to end without a failure",
  none_failed_min_one_success: "all upstream tasks to end without a failure, and one to succeed",
  none_skipped: "all upstream tasks to end without a skip",
  always: "nothing",
  all_done_setup_success: "all upstream tasks to end",
};

/** Says what lies in the run itself. */
export function sayInstance(blocker: InstanceBlocker, saying: Saying): Said {
  switch (blocker.kind) {
    case "ended":
      return sayEnded(blocker, saying);
    case "notInRun":
      return sayNotInRun(blocker);
    case "running":
      return sayRunning(blocker, saying);
    case "handedOver":
      return sayHandedOver(blocker, saying);
    case "retry": {
      const { at, tryNumber, tries, cause } = blocker;
      const reason = `Try ${tryNumber} of ${tries} ended${becauseOf(cause)}; the next one starts ${sayFuture(at, saying)}.`;
      return {
        reason,
        until: at,
        advice: `${clearCommand(saying, saying.instance?.taskId ?? "TASK")} starts it at once.`,
      };
    }
    case "reschedule": {
      const { at, givesUpAt } = blocker;
      const end = givesUpAt === undefined ? "" : ` It gives up ${sayFuture(givesUpAt, saying)}.`;
      return { reason: `Its condition was not met yet; it looks again ${sayFuture(at, saying)}.${end}`, until: at };
    }
    case "deferred":
      return sayDeferred(blocker, saying);
    case "upstream": {
      const { rule, tasks } = blocker;
      return { reason: `It waits for ${RULES[rule]} (${rule}): ${sayTasks(tasks)}.`, ...lookAt(tasks, saying) };
    }
    case "setup":
      return {
        reason: `It waits for its setup to succeed: ${sayTasks(blocker.tasks)}.`,
        ...lookAt(blocker.tasks, saying),
      };
    case "list":
      return {
        reason: `How many instances there will be is not known yet; it maps over the result of ${sayTasks(blocker.tasks)}.`,
        ...lookAt(blocker.tasks, saying),
      };
    case "past":
      return sayPast(blocker, saying);
    case "obligation":
      return { reason: sayObligation(blocker.obligation), advice: "It goes on by itself, 2 000 instances at a time." };
    case "nextTick":
      return { reason: "Nothing keeps it: it goes on with the scheduler's next tick.", until: saying.now };
    default:
      throw new Error(`unreachable: ${blocker satisfies never}`);
  }
}

function sayEnded(
  { state, cause, endedAt, origins }: Extract<InstanceBlocker, { kind: "ended" }>,
  saying: Saying,
): Said {
  const when = endedAt === undefined ? "" : ` at ${sayInstant(endedAt)}`;
  const from = origins.length === 0 ? "" : ` It comes from ${sayList(origins.map(sayOrigin))}.`;
  const reason = `It ended: ${state}${when}${becauseOf(cause)}.${from}`;
  if (state !== "failed" && state !== "upstream_failed") return { reason };
  const [origin] = origins;
  if (origin)
    return {
      reason,
      advice: `${clearCommand(saying, origin.taskId, " --downstream")} runs it and all below it again.`,
    };
  const logs = state === "failed" ? `\`millrace tasks logs ${nameInstance(saying)}\` shows what it wrote, ` : "";
  return { reason, advice: `${logs}${clearCommand(saying, saying.instance?.taskId ?? "TASK")} runs it again.` };
}

function sayNotInRun({ logicalDate, start, end, backfillId }: Extract<InstanceBlocker, { kind: "notInRun" }>): Said {
  const date = sayInstant(logicalDate);
  if (start !== undefined)
    return {
      reason: `It is not part of this run: the logical date ${date} is before its start, ${sayInstant(start)}.`,
    };
  if (end !== undefined)
    return { reason: `It is not part of this run: the logical date ${date} is after its end, ${sayInstant(end)}.` };
  const why =
    backfillId === undefined ? "the run was made without it" : `backfill ${backfillId} was made for other tasks`;
  return { reason: `It is not part of this run: ${why}.` };
}

function sayOrigin({ taskId, mapIndex, state, cause }: Origin): string {
  return `${nameOf(taskId, mapIndex)}, which ${state === "failed" ? "failed" : `was ${state}`}${becauseOf(cause)}`;
}

function sayRunning(
  { startedAt, workerId, timeoutAt, isRestarting }: Extract<InstanceBlocker, { kind: "running" }>,
  saying: Saying,
): Said {
  const where = workerId === undefined ? "" : ` on worker ${workerId}`;
  const since = startedAt === undefined ? "" : ` ${saySince(startedAt, saying)}`;
  const what = isRestarting ? "It was cleared while it ran, and is being stopped to start again; it runs" : "It runs";
  const end = timeoutAt === undefined ? "" : ` Its timeout ends it ${sayFuture(timeoutAt, saying)}.`;
  return {
    reason: `${what}${where}${since}.${end}`,
    advice: `\`millrace tasks logs ${nameInstance(saying)} --follow\` shows what it writes.`,
  };
}

function sayHandedOver(
  { since, queue, hasNoWorker }: Extract<InstanceBlocker, { kind: "handedOver" }>,
  saying: Saying,
): Said {
  const when = since === undefined ? "" : ` ${saySince(since, saying)}`;
  if (hasNoWorker)
    return {
      reason: `It was handed over${when}, and no worker takes from its queue "${queue}".`,
      advice: `Start a worker for the queue "${queue}", or give the task another \`queue\`.`,
    };
  return {
    reason: `It was handed over to the executor, queue "${queue}", and no worker has started it${when}.`,
    advice: "A worker whose event loop is blocked starts nothing: look at what else runs.",
  };
}

function sayDeferred(
  { operator, at, startedAt, workerId }: Extract<InstanceBlocker, { kind: "deferred" }>,
  saying: Saying,
): Said {
  if (at !== undefined)
    return { reason: `It waits without a slot (${operator}) and goes on ${sayFuture(at, saying)}.`, until: at };
  const where = workerId === undefined ? "" : `, watched by worker ${workerId}`;
  const since = startedAt === undefined ? "" : ` ${saySince(startedAt, saying)}`;
  return { reason: `It waits without a slot for its trigger (${operator})${where}${since}.` };
}

function sayPast(
  { runKey, taskId, state, isBelow }: Extract<InstanceBlocker, { kind: "past" }>,
  { dagId }: Saying,
): Said {
  const which = isBelow ? "waitForDownstream" : "dependsOnPast";
  const mend = state === "failed" || state === "upstream_failed" ? "Mend and clear it there" : "Let it end there";
  return {
    reason: `It waits for the run before, ${runKey}: ${taskId} is ${state} there (${which}).`,
    advice: `${mend}; \`millrace tasks why ${dagId} ${taskId} ${runKey}\` says more.`,
  };
}

function sayObligation(obligation: Obligation): string {
  switch (obligation.kind) {
    case "expand":
      return `Instances of ${obligation.taskId} are being made: ${obligation.next} of ${obligation.total}.`;
    case "create":
      return `The run's task instances are being made; ${obligation.next} are there.`;
    case "clear":
    case "mark":
      return `Task instances are being ${obligation.kind === "clear" ? "cleared" : "marked"} for ${obligation.by}: ${sayCount(obligation.taskIds.length, "task")}.`;
    default:
      throw new Error(`unreachable: ${obligation satisfies never}`);
  }
}

function sayTasks(tasks: readonly TaskStates[]): string {
  const shown = tasks.slice(0, 5).map(({ taskId, mapIndex = -1, states, missing }) => {
    const all = Object.entries(states) as [TaskState, number][];
    const parts = all.map(([state, count]) => [state, count] as const);
    if (parts.length === 1 && parts[0][1] === 1 && missing === 0)
      return `${nameOf(taskId, mapIndex)} is ${word(parts[0][0])}`;
    const words = parts.map(([state, count]) => `${count} ${word(state)}`);
    return `${nameOf(taskId, mapIndex)} has ${sayList([...words, ...(missing > 0 ? [`${missing} to come`] : [])])}`;
  });
  const more = tasks.length > shown.length ? [`${tasks.length - shown.length} more tasks are not done`] : [];
  return sayList([...shown, ...more]);
}

function word(state: TaskState): string {
  return state === "none" ? "not started" : state;
}

/** The first that has not ended is where to look next. */
function lookAt(tasks: readonly TaskStates[], saying: Saying): Pick<Said, "advice"> {
  const [first] = tasks;
  return first === undefined
    ? {}
    : {
        advice: `\`millrace tasks why ${nameInstance({ ...saying, instance: { taskId: first.taskId, mapIndex: first.mapIndex ?? -1 } })}\` says what that one waits for.`,
      };
}

function nameOf(taskId: string, mapIndex: number): string {
  return mapIndex < 0 ? taskId : `${taskId}[${mapIndex}]`;
}

function becauseOf(cause: Cause | undefined): string {
  return cause === undefined ? "" : `: ${sentence(cause.message).replace(/\.$/, "")}`;
}
