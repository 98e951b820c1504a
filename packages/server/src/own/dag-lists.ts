import { getAssetGraph, getDagDependencies, getDagFacets, listDags } from "@millrace/api";
import type { AssetInfo, DagLink } from "@millrace/core";
import { may, type Caller } from "../access/caller.ts";
import { dagIdsFor } from "../access/dag-ids-for.ts";
import type { ServerPorts } from "../ports.ts";
import { served, type ServedOperation } from "./own-routes.ts";

const MOST_EDGES = 10_000;
const ALL_ASSETS = 1_000;

/** DAGs with what became of their runs, and what is between them. */
export function dagListOperations({ queries, overviews }: ServerPorts): readonly ServedOperation[] {
  return [
    served(listDags, async ({ caller, query: { dagIds: wanted, tags, tagsMode, ...query } }) => {
      const readable = dagIdsFor(caller, "can_read");
      const dagIds = wanted === undefined ? readable : listed(wanted).filter((dagId) => maySee(caller, dagId));
      const page = await overviews.listDags({
        ...query,
        ...(dagIds && { dagIds }),
        ...(tags !== undefined && { tags: listed(tags), allTags: tagsMode === "all" }),
      });
      return may(caller, ["can_read", "DAG Runs"]) ? page : { ...page, items: page.items.map(withoutRuns) };
    }),
    served(getDagFacets, async ({ caller }) => {
      const facets = await overviews.dagFacets(dagIdsFor(caller, "can_read"));
      return may(caller, ["can_read", "DAG Runs"]) ? facets : { ...facets, lastRunStates: {} };
    }),
    served(getAssetGraph, async ({ caller, query: { limit = ALL_ASSETS, ...query } }) => {
      const { items, next } = await queries.listAssets({ ...query, limit });
      return { ...graphOf(items, caller), ...(next !== undefined && { next }) };
    }),
    served(getDagDependencies, async ({ caller, query }) => {
      const links = await overviews.listDagLinks({ ...query, limit: MOST_EDGES + 1 });
      const edges = links.slice(0, MOST_EDGES).filter(({ from, to }) => maySee(caller, from) && maySee(caller, to));
      return { dags: dagsOf(edges), edges, isPartial: links.length > MOST_EDGES };
    }),
  ];
}

function withoutRuns<Item extends { readonly lastRun?: unknown }>({ lastRun: _, ...dag }: Item) {
  return { ...dag, recentRuns: [], runCounts: {} };
}

function listed(text: string): readonly string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function dagsOf(edges: readonly DagLink[]): readonly string[] {
  return [...new Set(edges.flatMap(({ from, to }) => [from, to]))].sort();
}

interface AssetGraphNode {
  readonly id: string;
  readonly kind: "asset" | "task" | "dag";
  readonly uri?: string;
  readonly updatedAt?: number;
  readonly dagId?: string;
  readonly taskId?: string;
}

/** Tasks → assets → DAGs. Each node once. */
function graphOf(assets: readonly AssetInfo[], caller: Caller) {
  const nodes = new Map<string, AssetGraphNode>();
  const edges: { readonly from: string; readonly to: string }[] = [];
  for (const { uri, updatedAt, producers, consumers } of assets) {
    const asset = `asset:${uri}`;
    nodes.set(asset, { id: asset, kind: "asset", uri, ...(updatedAt !== undefined && { updatedAt }) });
    for (const { dagId, taskId } of producers.filter((each) => maySee(caller, each.dagId))) {
      const id = `task:${dagId}/${taskId}`;
      nodes.set(id, { id, kind: "task", dagId, taskId });
      edges.push({ from: id, to: asset });
    }
    for (const dagId of consumers.filter((each) => maySee(caller, each))) {
      const id = `dag:${dagId}`;
      nodes.set(id, { id, kind: "dag", dagId });
      edges.push({ from: asset, to: id });
    }
  }
  return { nodes: [...nodes.values()], edges };
}

function maySee(caller: Caller, dagId: string): boolean {
  return may(caller, ["can_read", "DAGs"], dagId);
}
