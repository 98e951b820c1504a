import {
  isMillraceError,
  resolveParams,
  type Graph,
  type RunDetail,
  type StoredValue,
  type TaskInstanceSummary,
  type VersionCode,
} from "@millrace/core";
import { listInstances } from "../cli/find-things.ts";
import type { OpenProject } from "../cli/open-project.ts";
import type { Json } from "./diff-json.ts";
import type { InstanceSide, RunSide } from "./run-side.ts";

/** Of one mapped task. */
const MOST_RESULTS = 1_000;
const RESULTS_AT_ONCE = 500;

type Reader = Pick<OpenProject, "engine" | "queries">;

/**
 * Reads all that is compared of a run. Of mapped tasks the results of the first 1 000 instances are read.
 *
 * @param confOverrides whether the conf of a run overrides params (`core.dagRunConfOverridesParams`)
 */
export async function readRunSide(project: Reader, run: RunDetail, confOverrides: boolean): Promise<RunSide> {
  const version = await findVersion(project, run);
  const source = version && (await project.queries.findSource(version.bundleHash));
  const order = version?.graph.tasks.map(({ taskId }) => taskId) ?? [];
  const summaries = await listInstances(project, run.runId, order);
  const results = await readResults(project, run.runId, summaries);
  const conf = run.conf === null ? {} : (JSON.parse(run.conf) as Json);
  return {
    dagId: run.dagId,
    runKey: run.runKey,
    runType: run.runType,
    state: run.state,
    dagVersion: run.dagVersion,
    logicalDate: run.logicalDate,
    triggeredBy: run.triggeredBy,
    ...(run.startedAt !== undefined && { startedAt: run.startedAt }),
    ...(run.endedAt !== undefined && { endedAt: run.endedAt }),
    ...(run.cause && { cause: run.cause.message }),
    conf,
    params: paramsOf(version?.graph, conf, confOverrides),
    ...(version && { graph: version.graph }),
    ...(source && { source: source.source }),
    instances: summaries.map((each) => sideOf(each, results.get(keyOf(each)))),
    resultsCut: summaries.some(({ mapIndex }) => mapIndex >= MOST_RESULTS),
  };
}

async function findVersion({ engine }: Reader, { dagId, dagVersion }: RunDetail): Promise<VersionCode | undefined> {
  try {
    return await engine.loadGraph(dagId, dagVersion);
  } catch (error) {
    // Versions that no run needs any more may have been removed.
    if (isMillraceError(error) && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}

async function readResults(
  { engine }: Reader,
  runId: number,
  summaries: readonly TaskInstanceSummary[],
): Promise<ReadonlyMap<string, StoredValue>> {
  const wanted = summaries.filter(({ state, mapIndex }) => state === "success" && mapIndex < MOST_RESULTS);
  const found = new Map<string, StoredValue>();
  for (let from = 0; from < wanted.length; from += RESULTS_AT_ONCE) {
    const some = wanted.slice(from, from + RESULTS_AT_ONCE);
    const values = await engine.readResults(some.map(({ taskId, mapIndex }) => ({ runId, taskId, mapIndex })));
    for (const [place, each] of some.entries()) {
      const value = values[place].at(0);
      if (value !== undefined) found.set(keyOf(each), value);
    }
  }
  return found;
}

function paramsOf(graph: Graph | undefined, conf: Json, confOverrides: boolean): Json {
  if (graph === undefined) return {};
  try {
    const values = resolveParams({
      dag: graph.dag.params,
      conf: conf as Readonly<Record<string, Json>>,
      confOverrides,
    });
    // The rest of conf is no param.
    const declared = Object.keys(graph.dag.params).filter((name) => values[name] !== undefined);
    return Object.fromEntries(declared.map((name) => [name, values[name] as Json]));
  } catch (error) {
    // The conf of a run is checked when it is made; one that does not fit any more has no params to be compared.
    if (isMillraceError(error) && error.code === "BAD_PARAM") return {};
    throw error;
  }
}

function sideOf(summary: TaskInstanceSummary, result: StoredValue | undefined): InstanceSide {
  const { taskId, mapIndex, state, tryNumber, startedAt, endedAt, cause } = summary;
  return {
    taskId,
    mapIndex,
    state,
    tryNumber,
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(cause && { cause: cause.message }),
    ...(result && { result }),
  };
}

function keyOf({ taskId, mapIndex }: Pick<TaskInstanceSummary, "taskId" | "mapIndex">): string {
  return `${taskId}[${mapIndex}]`;
}
