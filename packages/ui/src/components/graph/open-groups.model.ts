import { joinFilter, splitFilter } from "../../app/url-filters.ts";
import { LARGE_GRAPH } from "./graph-layout.model.ts";
import type { GraphSource } from "./graph-source.model.ts";

/** Groups of a graph that are open: `all`, `none`, or names with commas between; absent: all of a graph that is not large. */
export type OpenGroups = string | undefined;

/** Names of the groups that are open. */
export function openGroupIds({ nodes, groups }: GraphSource, open: OpenGroups): ReadonlySet<string> {
  const all = open === "all" || (open === undefined && nodes.length <= LARGE_GRAPH);
  if (all) return new Set(groups.map(({ id }) => id));
  return new Set(open === "none" ? [] : splitFilter(open));
}

/** Opens or closes a group. */
export function toggleGroup(source: GraphSource, open: OpenGroups, groupId: string): OpenGroups {
  const ids = new Set(openGroupIds(source, open));
  if (!ids.delete(groupId)) ids.add(groupId);
  return writeOpen(source, ids);
}

/** Opens all groups that hide a node. */
export function revealNode(source: GraphSource, open: OpenGroups, nodeId: string): OpenGroups {
  const ids = new Set(openGroupIds(source, open));
  const before = ids.size;
  let group = source.nodes.find(({ id }) => id === nodeId)?.group;
  while (group !== undefined) {
    ids.add(group);
    const at = group;
    group = source.groups.find(({ id }) => id === at)?.parent;
  }
  return ids.size === before ? open : writeOpen(source, ids);
}

function writeOpen(source: GraphSource, ids: ReadonlySet<string>): OpenGroups {
  if (ids.size === 0) return "none";
  return ids.size === source.groups.length ? "all" : joinFilter([...ids]);
}
