import {
  findRun,
  findRunsAtDates,
  getRun,
  getXCom,
  listChanges,
  listRuns,
  listTaskInstances,
  listTries,
  makeEncoder,
  readLog,
  whyRun,
} from "@millrace/api";
import {
  MillraceError,
  openCase,
  parseInstant,
  TASK_STATES,
  whyInstance,
  whyRun as blockersOfRun,
  whyTasks,
  type Blocker,
  type InstanceFacts,
  type WhyCase,
} from "@millrace/core";
import { dagsFor } from "../access/caller.ts";
import { Reply } from "../http/reply.ts";
import type { ServerPorts } from "../ports.ts";
import { factsFor } from "./dags.ts";
import { getRunFor, runReply } from "./find-run.ts";
import { logStream } from "./log-stream.ts";
import { namesOf } from "./names-of.ts";
import { served, type ServedOperation } from "./own-routes.ts";
import { runSearchOf } from "./run-search.ts";
import { sayAll } from "./say-all.ts";

const MOST_DATES = 1_000;
const encodeRun = makeEncoder(getRun.answer);

/** Runs, their task instances, and why they do not run. */
export function runOperations(ports: ServerPorts): readonly ServedOperation[] {
  return [...readOperations(ports), ...instanceOperations(ports), explain(ports)];
}

function readOperations(ports: ServerPorts): readonly ServedOperation[] {
  const { queries } = ports;
  return [
    served(listRuns, async ({ caller, query }) => {
      const seen = dagsFor(caller, "can_read");
      if (query.dagId !== undefined && seen !== "all" && !seen.has(query.dagId)) return { items: [] };
      return await ports.runLists.searchRuns({
        ...runSearchOf(query),
        ...(seen !== "all" && query.dagId === undefined && { dagIds: [...seen] }),
      });
    }),
    served(getRun, async ({ caller, params, request }) => {
      const run = await getRunFor(ports, params.runId, caller, getRun.access);
      return runReply(run, encodeRun(run), request);
    }),
    served(findRun, async ({ params: { dagId, runKey }, request }) => {
      const run = await queries.findRun(dagId, runKey);
      if (run) return runReply(run, encodeRun(run), request);
      throw new MillraceError("NOT_FOUND", `the DAG ${dagId} has no run ${runKey}`, { details: { dagId, runKey } });
    }),
    served(findRunsAtDates, async ({ params: { dagId }, query }) => {
      const dates = query.dates.split(",").map((text) => parseInstant(text, "UTC"));
      if (dates.length > MOST_DATES)
        throw new MillraceError("BAD_ARGUMENT", `${dates.length} dates are more than ${MOST_DATES}`);
      return { items: await queries.runsAtDates(dagId, dates) };
    }),
    served(listChanges, async ({ caller, params: { runId }, query: { after = 0 } }) => {
      await getRunFor(ports, runId, caller, listChanges.access);
      return { items: await queries.listChanges(runId, after) };
    }),
  ];
}

function instanceOperations(ports: ServerPorts): readonly ServedOperation[] {
  const { queries, own } = ports;
  return [
    served(listTaskInstances, async ({ caller, params: { runId }, query: { states, ...request } }) => {
      await getRunFor(ports, runId, caller, listTaskInstances.access);
      const wanted = states === undefined ? {} : { states: namesOf(states, TASK_STATES, "state") };
      return await queries.listTaskInstances({ ...request, runId, ...wanted });
    }),
    served(listTries, async ({ caller, params }) => {
      await getRunFor(ports, params.runId, caller, listTries.access);
      return { items: await queries.listTries(params) };
    }),
    served(getXCom, async ({ caller, params, query: { key } }) => {
      await getRunFor(ports, params.runId, caller, getXCom.access);
      const found = await queries.findXCom(params, key);
      if (found) return found;
      throw new MillraceError("NOT_FOUND", `${params.taskId} has no ${key === undefined ? "result" : `value ${key}`}`);
    }),
    served(readLog, async ({ caller, params, query, request }) => {
      await getRunFor(ports, params.runId, caller, readLog.access);
      return new Reply(
        logStream(own, { instance: params, ...query, signal: request.signal, closing: request.closing }),
        {
          mediaType: "application/x-ndjson; charset=utf-8",
          headers: { "cache-control": "no-store", "x-accel-buffering": "no" },
        },
      );
    }),
  ];
}

function explain(ports: ServerPorts): ServedOperation {
  return served(whyRun, async ({ caller, params: { runId }, query: { taskId, mapIndex } }) => {
    const { dagId } = await getRunFor(ports, runId, caller, whyRun.access);
    const facts = await factsFor(caller, ports, { dagId, runId, ...(mapIndex !== undefined && { mapIndex }) });
    if (!facts.run) throw new MillraceError("NOT_FOUND", `there is no run ${runId}`);
    const open = openCase(facts, facts.run, { capacity: ports.own.capacity });
    return { run: sayAll(blockersOfRun(open), { dagId, now: facts.now }), tasks: whyTasksOf(open, taskId, mapIndex) };
  });
}

function whyTasksOf(
  open: WhyCase,
  taskId: string | undefined,
  mapIndex: number | undefined,
): readonly { taskId: string; mapIndex: number; state: string; count: number; said: ReturnType<typeof sayAll> }[] {
  const { dag, now } = open.facts;
  const saying = { dagId: dag.dagId, now, runKey: open.run.runKey };
  const tell = (
    { taskId: id, mapIndex: index, state }: InstanceFacts,
    count: number,
    blockers: readonly Blocker[],
  ) => ({
    taskId: id,
    mapIndex: index,
    state,
    count,
    said: sayAll(blockers, saying),
  });
  if (taskId === undefined || mapIndex === undefined)
    return whyTasks(open, (group) => taskId === undefined || group.taskId === taskId).map(({ group, blockers }) =>
      tell(group, group.count, blockers),
    );
  const task = open.compiled.indexOf.get(taskId);
  const instance = task === undefined ? undefined : open.states.instance(task, mapIndex);
  if (instance) return [tell(instance, 1, whyInstance(open, instance))];
  throw new MillraceError("NOT_FOUND", `the run ${open.run.runKey} has no task instance ${taskId}[${mapIndex}]`);
}
