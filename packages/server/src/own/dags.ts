import {
  compareVersions,
  getBundleSource,
  getDag,
  getVersion,
  getVersionSource,
  getWhyFacts,
  listImportErrors,
  listNextRuns,
  listVersions,
  pauseDag,
  removeDag,
  whyDag,
} from "@millrace/api";
import {
  MillraceError,
  nextRunQuery,
  upcomingRuns,
  whyDag as blockersOf,
  type DagDetail,
  type GraphTask,
  type WhyFacts,
} from "@millrace/core";
import { dagsFor, type Caller } from "../access/caller.ts";
import type { ServerPorts } from "../ports.ts";
import { byOf, resultOf } from "./carry-out.ts";
import { served, type ServedOperation } from "./own-routes.ts";
import { sayAll } from "./say-all.ts";

/** DAGs, their versions, and why they make no runs. */
export function dagOperations(ports: ServerPorts): readonly ServedOperation[] {
  const { queries, own, commands } = ports;
  const dagOf = async (dagId: string): Promise<DagDetail> => (await queries.findDag(dagId)) ?? noDag(dagId);
  return [
    served(getDag, async ({ params }) => await dagOf(params.dagId)),
    served(pauseDag, async ({ caller, params: { dagId }, body: { paused } }) => {
      return resultOf(await commands.send(dagId, { kind: "pause", paused }, byOf(caller)));
    }),
    served(removeDag, async ({ params }) => ({ runs: await queries.deleteDag(params.dagId) })),
    served(listNextRuns, async ({ caller, params: { dagId }, query: { limit = 10 } }) => {
      const { dag, now } = await factsFor(caller, ports, { dagId });
      const runs = dag.active ? upcomingRuns(dag.graph.dag.schedule, nextRunQuery(dag, now), limit) : [];
      return { items: runs };
    }),
    served(whyDag, async ({ caller, params: { dagId } }) => {
      const facts = await factsFor(caller, ports, { dagId });
      return { items: sayAll(blockersOf(facts), { dagId, now: facts.now }) };
    }),
    served(getWhyFacts, async ({ caller, params: { dagId }, query }) => factsFor(caller, ports, { dagId, ...query })),
    served(listImportErrors, async () => ({ items: await queries.listImportErrors() })),
    served(listVersions, async ({ params: { dagId } }) => {
      await dagOf(dagId);
      return { items: await queries.listVersions(dagId) };
    }),
    served(getVersion, async ({ params: { dagId, version } }) => ({
      version,
      ...(await own.loadVersion(dagId, version)),
    })),
    served(getVersionSource, async ({ params: { dagId, version } }) => await sourceOf(ports, dagId, version)),
    served(getBundleSource, async ({ caller, params: { bundleHash } }) => {
      // A bundle belongs to a file, which may have DAGs that the caller may not see.
      const found = dagsFor(caller, "can_read") === "all" ? await queries.findSource(bundleHash) : undefined;
      if (found) return found;
      throw new MillraceError("NOT_FOUND", `there is no bundle ${bundleHash}`);
    }),
    served(compareVersions, async ({ params: { dagId, version, older } }) => {
      const [before, after] = await Promise.all([own.loadVersion(dagId, older), own.loadVersion(dagId, version)]);
      const [old, present] = [byId(before.graph.tasks), byId(after.graph.tasks)];
      const shared = [...present.keys()].filter((taskId) => old.has(taskId));
      return {
        before: await sourceOf(ports, dagId, older),
        after: await sourceOf(ports, dagId, version),
        added: [...present.keys()].filter((taskId) => !old.has(taskId)),
        removed: [...old.keys()].filter((taskId) => !present.has(taskId)),
        changed: shared.filter((taskId) => old.get(taskId) !== present.get(taskId)),
      };
    }),
  ];
}

/**
 * Everything about a DAG that answers why something does not run, as far as a caller may know it: who else holds slots is told only to those who may see it.
 *
 * @throws MillraceError NOT_FOUND
 */
export async function factsFor(
  caller: Caller,
  { queries }: Pick<ServerPorts, "queries">,
  question: Parameters<ServerPorts["queries"]["why"]>[0],
): Promise<WhyFacts> {
  return withoutOthers((await queries.why(question)) ?? noDag(question.dagId), caller);
}

async function sourceOf(
  { queries, own }: ServerPorts,
  dagId: string,
  version: number,
): Promise<{ readonly file: string; readonly source: string }> {
  const { bundleHash } = await own.loadVersion(dagId, version);
  const found = await queries.findSource(bundleHash);
  if (found) return found;
  throw new MillraceError("NOT_FOUND", `the source of version ${version} of ${dagId} is not kept any more`);
}

/** Tasks as text, with the ids of their upstream tasks: their numbers differ between versions. */
function byId(tasks: readonly GraphTask[]): ReadonlyMap<string, string> {
  return new Map(
    tasks.map((task) => [
      task.taskId,
      JSON.stringify({ ...task, upstream: task.upstream.map((edge) => ({ ...edge, task: tasks[edge.task].taskId })) }),
    ]),
  );
}

function withoutOthers(facts: WhyFacts, caller: Caller): WhyFacts {
  const seen = dagsFor(caller, "can_read");
  if (seen === "all") return facts;
  const hide = (use: WhyFacts["slotUses"][number]): WhyFacts["slotUses"][number] =>
    seen.has(use.dagId) ? use : { ...use, dagId: "another DAG", runKey: "", taskId: "" };
  return { ...facts, slotUses: facts.slotUses.map(hide) };
}

function noDag(dagId: string): never {
  throw new MillraceError("NOT_FOUND", `there is no DAG ${dagId}`, { details: { dagId } });
}
