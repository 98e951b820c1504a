import {
  createBackfill,
  getBackfill,
  listBackfills,
  previewBackfill,
  setBackfillState,
  type InputOf,
  type Need,
} from "@millrace/api";
import {
  checkBackfill,
  compileGraph,
  MillraceError,
  parseInstant,
  type BackfillInfo,
  type BackfillWish,
  type DagDetail,
} from "@millrace/core";
import { dagsFor, may, type Caller } from "../access/caller.ts";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import { byOf } from "./carry-out.ts";
import type { BackfillDate } from "./own-ports.ts";
import { served, type ServedOperation } from "./own-routes.ts";

/** Dates that a preview names. */
const MOST_NAMED = 1_000;

/** Backfills. */
export function backfillOperations(ports: ServerPorts): readonly ServedOperation[] {
  const { queries, own } = ports;
  const find = async (backfillId: number, caller: Caller, needs: readonly Need[]): Promise<BackfillInfo> => {
    const found = await queries.findBackfill(backfillId);
    if (!found || !may(caller, ["can_read", "DAGs"], found.dagId))
      throw new MillraceError("NOT_FOUND", `there is no backfill ${backfillId}`);
    if (!needs.every((need) => may(caller, need, found.dagId))) throw new Problem(403);
    return found;
  };
  return [
    served(listBackfills, async ({ caller, query }) => {
      const page = await queries.listBackfills(query);
      const seen = dagsFor(caller, "can_read");
      return seen === "all" ? page : { ...page, items: page.items.filter(({ dagId }) => seen.has(dagId)) };
    }),
    served(
      getBackfill,
      async ({ caller, params: { backfillId } }) => await find(backfillId, caller, getBackfill.access),
    ),
    served(createBackfill, async ({ caller, params: { dagId }, body }) => {
      const { wish } = await wishOf(ports, dagId, body);
      return await queries.createBackfill(wish, byOf(caller));
    }),
    served(previewBackfill, async ({ params: { dagId }, body, request: { signal, closing } }) => {
      const { wish, dag } = await wishOf(ports, dagId, body);
      const counts = { create: 0, clear: 0, skip: 0 };
      const dates: BackfillDate[] = [];
      for await (const date of own.previewBackfill(dag.graph.dag.schedule, wish)) {
        counts[date.action] += 1;
        if (dates.length < MOST_NAMED) dates.push(date);
        // Each minute of three hundred years takes hours to count: no longer than somebody waits, and the server goes on.
        if (signal.aborted) break;
        if (closing.aborted) throw new Problem(503, { detail: "the server stops: ask again" });
      }
      return { counts, dates };
    }),
    served(setBackfillState, async ({ caller, params: { backfillId }, body: { state } }) => {
      await find(backfillId, caller, setBackfillState.access);
      return await queries.setBackfillState(backfillId, state);
    }),
  ];
}

async function wishOf(
  { queries, own }: ServerPorts,
  dagId: string,
  body: InputOf<typeof createBackfill>["body"],
): Promise<{ readonly dag: DagDetail; readonly wish: BackfillWish }> {
  const dag = await queries.findDag(dagId);
  if (!dag) throw new MillraceError("NOT_FOUND", `there is no DAG ${dagId}`);
  const { from, to, reprocess = "none", reverse = false, maxActiveRuns, conf, taskIds } = body;
  const wish: BackfillWish = {
    dagId,
    from: parseInstant(from, "UTC"),
    to: parseInstant(to, "UTC"),
    reprocess,
    reverse,
    maxActiveRuns: maxActiveRuns ?? dag.graph.dag.maxActiveRuns,
    conf: conf === undefined ? null : JSON.stringify(conf),
    ...(taskIds && { taskIds }),
  };
  checkBackfill(compileGraph(dag.graph, own.rules), wish);
  return { dag, wish };
}
