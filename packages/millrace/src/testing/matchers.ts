import { isDeepStrictEqual, inspect } from "node:util";
import type { TaskState } from "@millrace/core";
import { instancesOf } from "./collect-result.ts";
import { describeInstance, describeRun, describeTask } from "./describe-run.ts";
import type { DagRunResult, InstanceResult, LoggedLine } from "./run-result.ts";
import type { TaskResult } from "./task-result.ts";

/** What a matcher answers: whether it holds, and what to say when that is not what the test wants. */
export interface MatcherAnswer {
  readonly pass: boolean;
  readonly message: () => string;
  readonly actual?: unknown;
  readonly expected?: unknown;
}

/** Matchers for results of tests, as Vitest and Jest take them in `expect.extend`. */
export const matchers = {
  toSucceed(received: DagRunResult | TaskResult): MatcherAnswer {
    return answer(received.state === "success", `${nameOf(received)} to succeed`, describe(received));
  },

  toFail(received: DagRunResult | TaskResult, reason?: string | RegExp): MatcherAnswer {
    const reasons = reasonsOf(received);
    const isFailed = received.state === "failed" || received.state === "up_for_retry";
    const pass = isFailed && (reason === undefined || reasons.some((one) => fits(one, reason)));
    const because = reason === undefined ? "" : ` because of ${inspect(reason)}`;
    return answer(pass, `${nameOf(received)} to fail${because}`, describe(received));
  },

  toHaveTaskState(run: DagRunResult, task: string, state: TaskState): MatcherAnswer {
    const own = select(run, task);
    const pass = own.every((one) => one.state === state);
    return answer(pass, `${task} to be ${state}`, own.map(describeInstance).join("\n"));
  },

  toHaveResult(run: DagRunResult, task: string, value: unknown): MatcherAnswer {
    const own = select(run, task);
    const found = own.length === 1 && (own[0].mapIndex < 0 || task.endsWith("]")) ? own[0].result : run.result(task);
    const pass = isAlike(value, found);
    const message = answer(
      pass,
      `${task} to have the result ${inspect(value)}`,
      `it has ${inspect(found)}\n${describeRun(run)}`,
    );
    return { ...message, actual: found, expected: value };
  },

  toHaveTried(run: DagRunResult, task: string, times: number): MatcherAnswer {
    const own = select(run, task);
    const pass = own.every(({ tries }) => tries === times);
    return answer(
      pass,
      `${task} to have had ${times} tries`,
      own.map((one) => `${describeInstance(one)} (${one.tries})`).join("\n"),
    );
  },

  toHaveRunInOrder(run: DagRunResult, tasks: readonly string[]): MatcherAnswer {
    const faults = tasks.slice(1).flatMap((task, index) => {
      const before = select(run, tasks[index]).map((one) => position(run, one, "last"));
      const after = select(run, task).map((one) => position(run, one, "first"));
      if (before.includes(undefined) || after.includes(undefined)) return [`${tasks[index]} or ${task} did not run`];
      const isInOrder = Math.max(...(before as number[])) < Math.min(...(after as number[]));
      return isInOrder ? [] : [`${task} was queued before ${tasks[index]} had ended`];
    });
    return answer(
      faults.length === 0,
      `${tasks.join(", ")} to run in this order`,
      [...faults, describeRun(run)].join("\n"),
    );
  },

  toHaveLogged(received: DagRunResult | TaskResult | InstanceResult, text: string | RegExp): MatcherAnswer {
    const lines: readonly LoggedLine[] =
      "logs" in received ? received.logs : received.instances.flatMap(({ logs }) => logs);
    const pass = lines.some(({ message, fields }) =>
      fits(fields === undefined ? message : `${message} ${JSON.stringify(fields)}`, text),
    );
    const shown = lines.map(({ level, source, message }) => `${level} ${source}: ${message}`).join("\n");
    return answer(pass, `a log line with ${inspect(text)}`, shown === "" ? "there is no line at all" : shown);
  },
};

type AnyResult = DagRunResult | TaskResult;

function answer(pass: boolean, wanted: string, found: string): MatcherAnswer {
  return { pass, message: () => `expected ${pass ? "not " : ""}${wanted}, but\n${found}` };
}

function isRun(received: AnyResult): received is DagRunResult {
  return "instances" in received;
}

function nameOf(received: AnyResult): string {
  return isRun(received) ? `the run of ${received.dagId}` : received.taskId;
}

function describe(received: AnyResult): string {
  return isRun(received) ? describeRun(received) : describeTask(received);
}

/** Of a run its own reason, and those of the tasks that made it fail. */
function reasonsOf(received: AnyResult): readonly string[] {
  const own = received.reason === undefined ? [] : [received.reason];
  if (!isRun(received)) return own;
  return [
    ...own,
    ...received.instances.filter(({ state }) => state === "failed").flatMap(({ reason }) => reason ?? []),
  ];
}

/** `task` means all instances of a task, `task[2]` one of them. */
function select(run: DagRunResult, task: string): readonly InstanceResult[] {
  const [, taskId = task, index] = /^(.*)\[(\d+)\]$/.exec(task) ?? [];
  return index === undefined ? instancesOf(run, taskId) : [run.task(taskId, Number(index))];
}

function position(
  { timeline }: DagRunResult,
  { taskId, mapIndex }: InstanceResult,
  which: "first" | "last",
): number | undefined {
  const own = timeline.flatMap((entry, index) => {
    const isOwn = entry.taskId === taskId && entry.mapIndex === mapIndex;
    return isOwn && (which === "last" || entry.state === "queued") ? [index] : [];
  });
  return which === "first" ? own[0] : own.at(-1);
}

function fits(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? text.includes(wanted) : wanted.test(text);
}

/** Also against `expect.objectContaining(…)` and the like. */
function isAlike(expected: unknown, found: unknown): boolean {
  const asymmetric = (expected as { readonly asymmetricMatch?: (value: unknown) => boolean } | null | undefined)
    ?.asymmetricMatch;
  return typeof asymmetric === "function" ? asymmetric.call(expected, found) : isDeepStrictEqual(expected, found);
}
