import {
  MillraceError,
  type AssetInfo,
  parseInstant,
  isMillraceError,
  type DagDetail,
  type Page,
  type PageRequest,
  type PoolInfo,
  type RunDetail,
  type TaskInstanceSummary,
} from "@millrace/core";
import { didYouMean } from "../near-names.ts";
import type { OpenProject } from "./open-project.ts";

const MOST_PER_PAGE = 1_000;

/** All items of a paged list. */
export async function* allPages<Item>(read: (request: PageRequest) => Promise<Page<Item>>): AsyncGenerator<Item> {
  let after: string | undefined;
  do {
    const page: Page<Item> = await read({ limit: MOST_PER_PAGE, ...(after !== undefined && { after }) });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}

/** The DAG of that id. @throws MillraceError NOT_FOUND with near names */
export async function getDag({ queries }: Pick<OpenProject, "queries">, dagId: string): Promise<DagDetail> {
  const dag = await queries.findDag(dagId);
  if (dag) return dag;
  const known: string[] = [];
  for await (const other of allPages((request) => queries.listDags(request))) known.push(other.dagId);
  const broken = (await queries.listImportErrors()).length;
  const hints = [
    didYouMean(dagId, known),
    known.length === 0 ? "There are no DAGs." : "`millrace dags list` shows all.",
    broken > 0
      ? `${broken} DAG ${broken === 1 ? "file" : "files"} cannot be loaded: \`millrace dags list-import-errors\`.`
      : undefined,
  ];
  throw new MillraceError("NOT_FOUND", `there is no DAG "${dagId}"`, {
    details: { dagId, hint: hints.filter((hint) => hint !== undefined).join(" ") },
  });
}

/** The pool of that name. @throws MillraceError NOT_FOUND with near names */
export async function getPool({ queries }: Pick<OpenProject, "queries">, name: string): Promise<PoolInfo> {
  const pools = await queries.listPools();
  const found = pools.find(({ pool }) => pool === name);
  if (found) return found;
  const near = didYouMean(
    name,
    pools.map(({ pool }) => pool),
  );
  const hint = [near, "`millrace pools list` shows all."].filter((part) => part !== undefined).join(" ");
  throw new MillraceError("NOT_FOUND", `there is no pool "${name}"`, { details: { pool: name, hint } });
}

/** The asset with that URI. @throws MillraceError NOT_FOUND with near URIs */
export async function getAsset({ queries }: Pick<OpenProject, "queries">, uri: string): Promise<AssetInfo> {
  const found = (await queries.listAssets({ uri, limit: 1 })).items.at(0);
  if (found) return found;
  const known: string[] = [];
  for await (const other of allPages((request) => queries.listAssets(request))) known.push(other.uri);
  const hint = [didYouMean(uri, known), "`millrace assets list` shows all."].filter((part) => part !== undefined);
  throw new MillraceError("NOT_FOUND", `no DAG names the asset ${uri}`, { details: { uri, hint: hint.join(" ") } });
}

/** Checks that a DAG has that task. @throws MillraceError NOT_FOUND with near names */
export function requireTask(dag: DagDetail, taskId: string): void {
  const known = dag.graph.tasks.map((task) => task.taskId);
  if (known.includes(taskId)) return;
  const hint = [didYouMean(taskId, known), `\`millrace tasks list ${dag.dagId}\` shows all.`]
    .filter((part) => part !== undefined)
    .join(" ");
  throw new MillraceError("NOT_FOUND", `the DAG ${dag.dagId} has no task "${taskId}"`, {
    details: { dagId: dag.dagId, taskId, hint },
  });
}

/** A run by its run id, by its logical date, or the newest one (`latest`). */
export async function findRun(
  { engine, queries }: Pick<OpenProject, "engine" | "queries">,
  dagId: string,
  named: string,
): Promise<RunDetail | undefined> {
  const newest = named === "latest" ? (await queries.listRuns({ dagId, limit: 1 })).items.at(0)?.runId : undefined;
  const runId = newest ?? (await engine.findRunId(dagId, named)) ?? (await findByDate({ engine }, dagId, named));
  return runId === undefined ? undefined : await queries.findRunById(runId);
}

/** As {@link findRun}. @throws MillraceError NOT_FOUND with near run ids */
export async function getRun(
  project: Pick<OpenProject, "engine" | "queries">,
  dagId: string,
  named: string,
): Promise<RunDetail> {
  const found = await findRun(project, dagId, named);
  if (found) return found;
  const recent = (await project.queries.listRuns({ dagId, limit: 100 })).items;
  if (recent.length === 0)
    throw new MillraceError("NOT_FOUND", `the DAG ${dagId} has no run yet`, {
      details: { dagId, hint: `Make one with \`millrace dags trigger ${dagId}\`.` },
    });
  const near = didYouMean(
    named,
    recent.map(({ runKey }) => runKey),
  );
  const hint = [near, `\`millrace dags list-runs ${dagId}\` shows all; "latest" is the newest.`]
    .filter((part) => part !== undefined)
    .join(" ");
  throw new MillraceError("NOT_FOUND", `the DAG ${dagId} has no run "${named}"`, {
    details: { dagId, runId: named, hint },
  });
}

/** All task instances of a run, in the order of its DAG's tasks where the version has them. */
export async function listInstances(
  { queries }: Pick<OpenProject, "queries">,
  runId: number,
  order: readonly string[],
): Promise<readonly TaskInstanceSummary[]> {
  const found: TaskInstanceSummary[] = [];
  for await (const instance of allPages((request) => queries.listTaskInstances({ ...request, runId })))
    found.push(instance);
  const place = new Map(order.map((taskId, index) => [taskId, index]));
  const placeOf = ({ taskId }: TaskInstanceSummary): number => place.get(taskId) ?? order.length;
  return found.sort((a, b) => placeOf(a) - placeOf(b) || a.taskId.localeCompare(b.taskId) || a.mapIndex - b.mapIndex);
}

async function findByDate(
  { engine }: Pick<OpenProject, "engine">,
  dagId: string,
  text: string,
): Promise<number | undefined> {
  try {
    return await engine.findRunByLogicalDate(dagId, parseInstant(text, "UTC"));
  } catch (error) {
    // No instant: then it can only have been a run id.
    if (isMillraceError(error) && error.code === "BAD_ARGUMENT") return undefined;
    throw error;
  }
}
