import type { Graph } from "@millrace/api";
import type { GraphSource, SourceEdge, SourceNode } from "../../components/graph/graph-source.model.ts";

/** A version of a DAG as a graph to be drawn; with the assets that its tasks read and update, when they are wanted. */
export function dagSource({ tasks, groups }: Graph, { withAssets }: { readonly withAssets: boolean }): GraphSource {
  const mapped = groups.map(() => false);
  for (const [index, { each, parent }] of groups.entries())
    mapped[index] = each !== undefined || (parent !== undefined && mapped[parent]);
  const groupLabel = (index: number): string => {
    const { groupId, parent } = groups[index];
    const prefix = parent === undefined ? "" : `${groups[parent].groupId}.`;
    return groupId.startsWith(prefix) ? groupId.slice(prefix.length) : groupId;
  };
  const nodes = tasks.map((task): SourceNode => {
    const { taskId, group, displayName, operator, each } = task;
    const own = group !== undefined && groups[group].prefix ? taskId.slice(groups[group].groupId.length + 1) : taskId;
    return {
      id: taskId,
      label: displayName ?? own,
      kind: "task",
      detail: operator,
      ...(group !== undefined && { group: groups[group].groupId }),
      ...((each !== undefined || (group !== undefined && mapped[group])) && { isMapped: true }),
    };
  });
  const edges = tasks.flatMap((task) =>
    task.upstream.map(({ task: upstream, choices }): SourceEdge => ({
      from: tasks[upstream].taskId,
      to: task.taskId,
      ...(choices && { label: choices.join(", ") }),
    })),
  );
  const assets = withAssets ? assetsOf({ tasks }) : { nodes: [], edges: [] };
  return {
    nodes: [...nodes, ...assets.nodes],
    edges: [...edges, ...assets.edges],
    groups: groups.map(({ groupId, parent, each }, index) => ({
      id: groupId,
      label: groupLabel(index),
      ...(parent !== undefined && { parent: groups[parent].groupId }),
      ...(each !== undefined && { isMapped: true }),
    })),
  };
}

function assetsOf({ tasks }: Pick<Graph, "tasks">): Pick<GraphSource, "nodes" | "edges"> {
  const uris = new Set(tasks.flatMap(({ inlets, outlets }) => [...inlets, ...outlets]));
  return {
    nodes: [...uris].map((uri) => ({ id: assetNodeId(uri), label: uri, kind: "asset" })),
    edges: tasks.flatMap(({ taskId, inlets, outlets }) => [
      ...inlets.map((uri) => ({ from: assetNodeId(uri), to: taskId, isLoose: true })),
      ...outlets.map((uri) => ({ from: taskId, to: assetNodeId(uri), isLoose: true })),
    ]),
  };
}

function assetNodeId(uri: string): string {
  return `asset:${uri}`;
}
