import { getActivity, getHome, listQueues, type Need } from "@millrace/api";
import { MICROS, MillraceError, parseInstant, type LateDag, type Micros } from "@millrace/core";
import { may } from "../access/caller.ts";
import { dagIdsFor } from "../access/dag-ids-for.ts";
import type { ServerPorts } from "../ports.ts";
import { isAlive } from "./is-alive.ts";
import { served, type ServedOperation } from "./own-routes.ts";

const JOBS: Need = ["can_read", "Jobs"];

/** The start page, what went on, and queues. */
export function homeOperations(ports: ServerPorts): readonly ServedOperation[] {
  const { overviews, own, now } = ports;
  return [
    served(getHome, async ({ caller }) => {
      const [facts, jobs] = await Promise.all([
        overviews.home(dagIdsFor(caller, "can_read")),
        may(caller, JOBS) ? readJobs(ports) : {},
      ]);
      const { dags, pausedDags, late, next, importErrors, ...runs } = facts;
      return {
        now: now(),
        dags,
        pausedDags,
        late: { ...late, items: late.items.map((each) => ({ ...each, why: whyLate(each) })) },
        nextRuns: next,
        ...(may(caller, ["can_read", "DAG Runs"]) && { runs }),
        ...(may(caller, ["can_read", "ImportError"]) && { importErrors }),
        ...jobs,
      };
    }),
    served(getActivity, async ({ caller, query }) => {
      const to = query.to === undefined ? now() : parseInstant(query.to, "UTC");
      const from = query.from === undefined ? to - MICROS.d : parseInstant(query.from, "UTC");
      if (from >= to) throw new MillraceError("BAD_ARGUMENT", "`from` must be before `to`");
      const dagIds = dagIdsFor(caller, "can_read");
      const activity = await overviews.activity({ from, to, ...(dagIds && { dagIds }) });
      return { ...activity, from, to };
    }),
    served(listQueues, async () => ({ items: await overviews.listQueues(), capacity: own.capacity })),
  ];
}

async function readJobs({ queries, own, now }: ServerPorts) {
  const [schedulers, workers] = await Promise.all([queries.listSchedulers(), own.store.listWorkers()]);
  const at: Micros = now();
  const alive = schedulers.filter((each) => isAlive(each, at)).length;
  return {
    schedulers: { alive, silent: schedulers.length - alive },
    workers: { busy: workers.length, running: workers.reduce((sum, { running }) => sum + running, 0) },
  };
}

function whyLate({ reason, unfinishedRuns, maxActiveRuns }: LateDag): string {
  switch (reason) {
    case "noScheduler":
      return "No scheduler drives it.";
    case "tooManyRuns":
      return `It has ${unfinishedRuns} unfinished runs and may have ${maxActiveRuns}.`;
    case "behind":
      return "Its scheduler has not come to it yet.";
    default:
      throw new Error(`unreachable: ${String(reason satisfies never)}`);
  }
}
