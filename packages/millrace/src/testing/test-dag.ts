import { buildDag, type BuiltDag, type DagDefinition } from "@millrace/core";
import { MemoryEngine, type CommitInfo } from "@millrace/engine/testing";
import { collectResult, stateAfter } from "./collect-result.ts";
import { withFakes } from "./fake-bodies.ts";
import { OtherDags } from "./other-dags.ts";
import { planTestRun } from "./plan-test-run.ts";
import type { DagRunResult } from "./run-result.ts";
import type { CrashAt, TestCommit, TestDagOptions } from "./test-options.ts";

/**
 * Runs a whole DAG in this process: the scheduler's own planning, admission and recovery on rows in memory, the worker's own code around every
 * body. Retries, sensors and timeouts wait by a clock that jumps, so an hour costs nothing.
 *
 * @returns the run when it and every run that it has caused have ended, whether it succeeded or failed.
 * @throws MillraceError BAD_DAG, BAD_PARAM for a conf that does not fit, BAD_ARGUMENT for an option that names what is not there or for a question
 *   about another DAG that the options do not answer. Error when the run stands still.
 */
export async function testDag(dag: DagDefinition, options: TestDagOptions = {}): Promise<DagRunResult> {
  const built = buildDag(dag);
  const planned = planTestRun(built.graph, options);
  const box: { engine?: MemoryEngine } = {};
  const others = new OtherDags(options.otherDags ?? {}, () => box.engine?.clock.now() ?? planned.now);
  const sleep: MemoryEngine["sleep"] = (micros, signal) => (box.engine as MemoryEngine).sleep(micros, signal);
  const dags: readonly BuiltDag[] = [withFakes(built, options, sleep), ...(options.dags ?? []).map(buildDag)];
  const { crashAt } = options;
  const engine = new MemoryEngine({
    dags,
    now: planned.now,
    variables: planned.variables,
    connections: planned.connections,
    pools: options.pools ?? {},
    otherDags: others.calls(),
    ...(planned.previousSuccess && { previousSuccess: planned.previousSuccess }),
    ...(crashAt !== undefined && { dies: (commit) => isCrash(crashAt, commit) }),
  });
  box.engine = engine;
  const runId = engine.addRun(planned.newRun, planned.assetEvents);
  await engine.runToEnd();
  others.throwFault();
  const run = engine.store.runs.get(runId);
  if (run === undefined) throw new Error(`the run of ${dag.dagId} is gone`);
  const tasks = new Map(dags.map(({ graph }) => [graph.dagId, graph.tasks.map(({ taskId }) => taskId)]));
  return await collectResult({ engine, others, tasks }, run);
}

function isCrash(crashAt: CrashAt, commit: CommitInfo): boolean {
  if (typeof crashAt === "number") return commit.number === crashAt && commit.when === "after";
  if (typeof crashAt === "function") return crashAt(toTestCommit(commit));
  return commit.number === crashAt.commit && commit.when === crashAt.when;
}

function toTestCommit({ number, when, batch }: CommitInfo): TestCommit {
  const changes = batch.runs.flatMap(({ instances }) =>
    instances.flatMap((change) => {
      const state = stateAfter(change);
      const index = change.mapIndex < 0 ? "" : `[${change.mapIndex}]`;
      return state === undefined ? [] : [`${change.taskId}${index} → ${state}`];
    }),
  );
  return { number, when, changes };
}
