import { setTimeout as sleep } from "node:timers/promises";
import {
  isTerminal,
  MillraceError,
  type InstanceRef,
  type RunDetail,
  type TaskInstanceSummary,
  type TaskTry,
} from "@millrace/core";
import type { LogLine } from "@millrace/engine";
import { Option, type Command } from "commander";
import { allPages, getDag, getRun, listInstances, requireTask } from "../find-things.ts";
import { action, makeCommand, type CommandContext, type Shell } from "../make-command.ts";
import { createLiveWatch } from "../live-watch.ts";
import { withDags, type OpenProject } from "../open-project.ts";
import { showLogLine } from "../output/show-log.ts";
import { readTryLog } from "../read-try-log.ts";

const FOLLOW_MS = 300;

interface Options {
  readonly mapIndex?: string;
  readonly try?: string;
  readonly follow?: true;
  readonly json?: true;
}

/** `millrace tasks logs DAG TASK [RUN]`: what a try has written. */
export function makeTasksLogs(shell: Shell): Command {
  return makeCommand("logs", "print the log of a task's try")
    .argument("<dag_id>")
    .argument("<task_id>")
    .argument("[run]", "run id, logical date, or latest", "latest")
    .option("-m, --map-index <index>", "of a mapped task")
    .option("-t, --try <number>", "which try; the last one when not given")
    .option("-f, --follow", "wait for its start, and go on until it has ended")
    .addOption(new Option("--json", "a line of JSON per line of the log"))
    .action(
      action(shell, async (context, [dagId, taskId, named]: [string, string, string], options: Options) => {
        await withDags(context, [dagId], async (project) => {
          const dag = await getDag(project, dagId);
          const run = await getRun(project, dagId, named);
          const instances = (await listInstances(project, run.runId, [])).filter((each) => each.taskId === taskId);
          if (instances.length === 0) requireTask(dag, taskId);
          if (instances.length === 0) throw notThere(taskId, run);
          const instance = chooseInstance(instances, taskId, options.mapIndex);
          const show = (line: LogLine): void =>
            context.terminal.print(options.json ? JSON.stringify(line) : showLogLine(line, context.terminal.paint));
          await printTries(
            { context, project, show },
            { runId: run.runId, taskId, mapIndex: instance.mapIndex },
            options,
          );
        });
      }),
    );
}

interface Tools {
  readonly context: CommandContext;
  readonly project: OpenProject;
  readonly show: (line: LogLine) => void;
}

/** Of a task that the DAG has: the run is older than the task, or a mapped task got an empty list. */
function notThere(taskId: string, { runKey, dagVersion }: RunDetail): MillraceError {
  return new MillraceError("NOT_FOUND", `${taskId} has no instance in the run ${runKey} (version ${dagVersion})`, {
    details: { taskId, hint: "It was mapped over an empty list, or the run is of a version without it." },
  });
}

function chooseInstance(
  instances: readonly TaskInstanceSummary[],
  taskId: string,
  mapIndex: string | undefined,
): TaskInstanceSummary {
  if (mapIndex === undefined && instances.length === 1) return instances[0];
  const indexes = instances.map((instance) => instance.mapIndex);
  const range = `the map indexes ${Math.min(...indexes)} to ${Math.max(...indexes)}`;
  if (mapIndex === undefined) {
    const failed = instances.filter(({ state }) => state === "failed").map((instance) => instance.mapIndex);
    const hint =
      failed.length === 0 ? undefined : `Failed: ${failed.slice(0, 20).join(", ")}${failed.length > 20 ? ", …" : ""}.`;
    throw new MillraceError("BAD_ARGUMENT", `${taskId} has ${range}; choose one with --map-index`, {
      details: { taskId, ...(hint && { hint }) },
    });
  }
  const found = instances.find((instance) => String(instance.mapIndex) === mapIndex);
  if (!found)
    throw new MillraceError("NOT_FOUND", `${taskId} has no map index ${mapIndex}: it has ${range}`, {
      details: { taskId, mapIndex },
    });
  return found;
}

async function printTries(tools: Tools, instance: InstanceRef, options: Options): Promise<void> {
  const { project, context } = tools;
  const onWait = createLiveWatch(context.terminal, project);
  let attempt = await awaitFirstTry({ ...tools, onWait }, instance, options);
  if (options.follow && goesOn(attempt) && !project.isLive)
    context.terminal.say(
      `No Millrace runs on this database: the task goes on with the next \`${context.terminal.program} start\`.`,
    );
  for (;;) {
    const ended = await printTry({ ...tools, onWait }, instance, { attempt, follow: options.follow === true });
    if (ended.cause) context.terminal.say(`try ${ended.tryNumber} ended ${ended.state}: ${ended.cause.message}`);
    if (!options.follow || options.try !== undefined) return;
    const next = await awaitNextTry({ ...tools, onWait }, instance, ended);
    if (!next) return;
    context.terminal.say(`try ${next.tryNumber}`);
    attempt = next;
  }
}

interface Following extends Tools {
  readonly onWait: () => Promise<void>;
}

/** The try to begin with; somebody who follows waits until there is one. */
async function awaitFirstTry(
  { project, context, onWait }: Following,
  instance: InstanceRef,
  options: Options,
): Promise<TaskTry> {
  for (let isTold = false; ; isTold = true) {
    const tries = (await project.queries.listTries(instance)).filter(({ tryNumber }) => tryNumber > 0);
    if (options.try !== undefined || tries.length > 0) return chooseTry(tries, options.try);
    const { state, cause } = await readInstance(project, instance);
    if (isTerminal(state))
      throw new MillraceError(
        "NOT_FOUND",
        `the task ended ${state} without being started in this run, so it has no log: ${cause?.message ?? "no cause is stored"}`,
      );
    if (!options.follow)
      throw new MillraceError("NOT_FOUND", "the task has not been started in this run, so it has no log yet", {
        details: { hint: "With --follow its log is shown as soon as it is." },
      });
    if (!isTold) context.terminal.say(`waiting until ${instance.taskId} is started`);
    await sleep(FOLLOW_MS);
    await onWait();
  }
}

async function readInstance(
  { queries }: OpenProject,
  { runId, taskId, mapIndex }: InstanceRef,
): Promise<TaskInstanceSummary> {
  for await (const each of allPages((request) => queries.listTaskInstances({ ...request, runId, taskId })))
    if (each.mapIndex === mapIndex) return each;
  throw new MillraceError("NOT_FOUND", `${taskId} is mapped now: choose one of its instances with --map-index`);
}

function chooseTry(tries: readonly TaskTry[], wanted: string | undefined): TaskTry {
  const found = wanted === undefined ? tries.at(-1) : tries.find(({ tryNumber }) => String(tryNumber) === wanted);
  if (found) return found;
  throw new MillraceError("NOT_FOUND", `there is no try ${wanted}: the task has had ${tries.length} in this run`);
}

/** Prints a try; with `follow` until it has ended. @returns the try as it was at the end */
async function printTry(
  { context, project, show, onWait }: Following,
  instance: InstanceRef,
  how: { readonly attempt: TaskTry; readonly follow: boolean },
): Promise<TaskTry> {
  const { dataFolder } = context.config.core;
  let { attempt } = how;
  let read = await readTryLog(project, dataFolder, { instance, attempt });
  read.lines.forEach(show);
  while (how.follow && goesOn(attempt)) {
    await sleep(FOLLOW_MS);
    await onWait();
    attempt =
      (await project.queries.listTries(instance)).find(({ tryNumber }) => tryNumber === attempt.tryNumber) ?? attempt;
    read = await readTryLog(project, dataFolder, { instance, attempt, cursor: read.cursor });
    read.lines.forEach(show);
  }
  return attempt;
}

/** The next try of an instance that will be tried again. @returns undefined when it has ended for good */
async function awaitNextTry(
  { project, onWait }: Following,
  instance: InstanceRef,
  last: TaskTry,
): Promise<TaskTry | undefined> {
  for (;;) {
    const present = (await project.queries.listTries(instance)).at(-1);
    if (!present || isTerminal(present.state))
      return present && present.tryNumber > last.tryNumber ? present : undefined;
    if (present.tryNumber > last.tryNumber) return present;
    await sleep(FOLLOW_MS);
    await onWait();
  }
}

/** What is rescheduled or deferred goes on in the same try; a retry is another one. */
function goesOn({ state }: TaskTry): boolean {
  return !isTerminal(state) && state !== "up_for_retry";
}
