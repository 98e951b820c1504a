import { getInstancesWindow, getTaskInstance, searchTaskInstances, setRunNote, setTaskNote } from "@millrace/api";
import { isMillraceError, MillraceError, TASK_STATES, type Graph, type InstanceRef } from "@millrace/core";
import { dagIdsFor } from "../access/dag-ids-for.ts";
import type { ServerPorts } from "../ports.ts";
import { byOf } from "./carry-out.ts";
import { getRunFor } from "./find-run.ts";
import { instanceSearchOf } from "./instance-search.ts";
import { served, type ServedOperation } from "./own-routes.ts";
import { isMapped, labelOf } from "./pictures.ts";
import { namesOf } from "./names-of.ts";

const DEFAULT_WINDOW = 100;
const LINK_NAMES = { triggers: "Triggered DAG", waitsFor: "External DAG" } as const;

/** Task instances to scroll through, and each of them on its own; notes beside them. */
export function taskInstanceOperations(ports: ServerPorts): readonly ServedOperation[] {
  const { overviews, notes } = ports;
  return [
    served(getInstancesWindow, async ({ caller, params: { runId }, query }) => {
      await getRunFor(ports, runId, caller, getInstancesWindow.access);
      const { states, offset = 0, limit = DEFAULT_WINDOW, taskId } = query;
      const wanted = states === undefined ? {} : { states: namesOf(states, TASK_STATES, "state") };
      const window = await overviews.instanceWindow({
        runId,
        offset,
        limit,
        ...(taskId !== undefined && { taskId }),
        ...wanted,
      });
      return { ...window, offset };
    }),
    served(searchTaskInstances, async ({ caller, query }) => {
      const dagIds = dagIdsFor(caller, "can_read");
      return await overviews.searchInstances({ ...instanceSearchOf(query), ...(dagIds && { dagIds }) });
    }),
    served(getTaskInstance, async ({ caller, params }) => {
      const run = await getRunFor(ports, params.runId, caller, getTaskInstance.access);
      const found = (await overviews.findTaskInstance(params)) ?? noInstance(params);
      const { dagId, runKey, logicalDate, intervalStart, intervalEnd } = run;
      const graph = await graphOf(ports, dagId, found.dagVersion ?? run.dagVersion);
      const named = { dagId, runKey, logicalDate, intervalStart, intervalEnd };
      return {
        ...found,
        ...named,
        ...(graph && aboutTask(graph, params.taskId)),
        links: graph ? linksOf(graph, params.taskId) : [],
      };
    }),
    served(setRunNote, async ({ caller, params: { runId }, body: { note } }) => {
      await getRunFor(ports, runId, caller, setRunNote.access);
      const isThere = await notes.setRunNote(runId, { text: textOf(note), by: byOf(caller) });
      if (!isThere) throw new MillraceError("NOT_FOUND", `there is no run ${runId}`);
      return { note: textOf(note) };
    }),
    served(setTaskNote, async ({ caller, params, body: { note } }) => {
      await getRunFor(ports, params.runId, caller, setTaskNote.access);
      const isThere = await notes.setTaskNote(params, { text: textOf(note), by: byOf(caller) });
      return isThere ? { note: textOf(note) } : noInstance(params);
    }),
  ];
}

/** An empty note is none. */
function textOf(note: string | null): string | null {
  return note === "" ? null : note;
}

async function graphOf({ own }: ServerPorts, dagId: string, version: number): Promise<Graph | undefined> {
  try {
    return (await own.loadVersion(dagId, version)).graph;
  } catch (error) {
    // The version was removed after its runs ended; the instance is still shown.
    if (isMillraceError(error) && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}

function aboutTask(graph: Graph, taskId: string) {
  const index = graph.tasks.findIndex((each) => each.taskId === taskId);
  if (index < 0) return {};
  const task = graph.tasks[index];
  const { operator, kind, owner, pool, poolSlots, queue, priority, triggerRule, docMd } = task;
  return {
    task: {
      label: labelOf(task),
      operator,
      kind,
      owner,
      pool,
      poolSlots,
      queue,
      priority,
      triggerRule,
      isMapped: isMapped(graph, task),
      upstream: task.upstream.map((edge) => graph.tasks[edge.task].taskId),
      downstream: graph.tasks
        .filter((each) => each.upstream.some((edge) => edge.task === index))
        .map((each) => each.taskId),
      ...(docMd !== undefined && { docMd }),
    },
  };
}

function linksOf({ tasks }: Graph, taskId: string): readonly { readonly name: string; readonly dagId: string }[] {
  const otherDag = tasks.find((each) => each.taskId === taskId)?.otherDag;
  return otherDag ? [{ name: LINK_NAMES[otherDag.does], dagId: otherDag.dagId }] : [];
}

function noInstance({ runId, taskId, mapIndex }: InstanceRef): never {
  throw new MillraceError("NOT_FOUND", `the run ${runId} has no task instance ${taskId}[${mapIndex}]`);
}
