import { MillraceError, openCase, whyInstance, whyTasks, type WhyCase, type WhyFacts } from "@millrace/core";
import type { Config } from "../config.ts";
import { getDag, getRun, requireTask } from "./find-things.ts";
import type { OpenProject } from "./open-project.ts";
import type { Answer } from "./output/print-answers.ts";
import { readCount } from "./read-count.ts";

/** The facts about a DAG. @throws MillraceError NOT_FOUND with near names */
export async function readFacts(project: OpenProject, dagId: string): Promise<WhyFacts> {
  await getDag(project, dagId);
  return withProcesses(project, await project.queries.why({ dagId })) ?? noFacts(dagId);
}

/** What is asked about a run. */
export interface RunAsked {
  readonly dagId: string;
  /** Run id, logical date, or `latest`. */
  readonly run: string;
  readonly mapIndex?: number;
  /** Tries that this system runs at once are known from its configuration. */
  readonly config: Config;
}

/** A run, ready for questions. @throws MillraceError NOT_FOUND with near names */
export async function openRunCase(project: OpenProject, asked: RunAsked): Promise<WhyCase> {
  const { dagId, mapIndex, config } = asked;
  await getDag(project, dagId);
  const { runId } = await getRun(project, dagId, asked.run);
  const question = { dagId, runId, ...(mapIndex !== undefined && { mapIndex }) };
  const facts = withProcesses(project, await project.queries.why(question));
  return facts?.run ? openCase(facts, facts.run, { capacity: config.executor.concurrency }) : noFacts(dagId);
}

/** The answer for one task: for one of its instances, or for all of them by their states. @throws MillraceError NOT_FOUND */
export async function askTask(
  project: OpenProject,
  {
    taskId,
    mapIndex: text,
    ...asked
  }: Omit<RunAsked, "mapIndex"> & { readonly taskId: string; readonly mapIndex?: string },
): Promise<{ readonly at: WhyCase; readonly answers: readonly Answer[] }> {
  const mapIndex = text === undefined ? undefined : readCount("--map-index", text, [-1, 1_000_000]);
  const at = await openRunCase(project, { ...asked, ...(mapIndex !== undefined && { mapIndex }) });
  const { runKey } = at.run;
  if (mapIndex === undefined) {
    const answers = whyTasks(at, (group) => group.taskId === taskId).map(({ group, blockers }) => ({
      instance: group,
      runKey,
      blockers,
    }));
    if (answers.length === 0) await refuseTask(project, at, { dagId: asked.dagId, taskId });
    return { at, answers };
  }
  const task = at.compiled.indexOf.get(taskId);
  const instance = task === undefined ? undefined : at.states.instance(task, mapIndex);
  if (!instance) {
    if (task === undefined) await refuseTask(project, at, { dagId: asked.dagId, taskId });
    throw new MillraceError("NOT_FOUND", `${taskId} of the run ${runKey} has no instance ${mapIndex}`, {
      details: { taskId, mapIndex, hint: "Without --map-index, all of its instances are told of." },
    });
  }
  return { at, answers: [{ instance: { ...instance, count: 1 }, runKey, blockers: whyInstance(at, instance) }] };
}

async function refuseTask(
  project: OpenProject,
  { run }: WhyCase,
  { dagId, taskId }: { readonly dagId: string; readonly taskId: string },
): Promise<void> {
  requireTask(await getDag(project, dagId), taskId);
  throw new MillraceError("NOT_FOUND", `the run ${run.runKey} of ${dagId} has no task "${taskId}"`, {
    details: { dagId, taskId, runId: run.runKey, hint: "It ran on a version of the DAG without it." },
  });
}

/** That a scheduler was killed is known here at once, by its process, and by its heartbeats later. */
function withProcesses({ isLive }: OpenProject, facts: WhyFacts | undefined): WhyFacts | undefined {
  if (!facts || isLive) return facts;
  return { ...facts, schedulers: facts.schedulers.map((scheduler) => ({ ...scheduler, isGone: true })) };
}

/** It went between two reads. */
function noFacts(dagId: string): never {
  throw new MillraceError("NOT_FOUND", `${dagId} was deleted just now`, { details: { dagId } });
}
